package simulated

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/scheduler"
)

// truth is what must hold, kept apart from the driver: it sees what goes in and what comes out.
type truth struct {
	err     error // the first broken promise
	config  scheduler.Config
	known   map[dag.Task]bool     // launched
	holders map[taskPart]dag.Task // who may commit
	allowed map[dag.Task]bool     // who ever might
	excused int                   // task failures that faults explain
	blamed  int                   // executors lost by the application's fault
	losses  int                   // events after which map outputs can be gone
}

type taskPart struct {
	stage     dag.StageID
	partition int32
}

func newTruth(c scheduler.Config) truth {
	return truth{
		config: c, known: make(map[dag.Task]bool), holders: make(map[taskPart]dag.Task),
		allowed: make(map[dag.Task]bool),
	}
}

// launched: a task's triple is never used again, and its executor has what its stage asks for.
func (tr *truth) launched(w *world, x *executor, list []dag.Task) {
	for _, t := range list {
		if p := w.program.byID[t.Stage].spec.Profile; p != x.container.profile {
			w.fail("%s has profile %d, and is launched on %s of profile %d", t, p, x.id,
				x.container.profile)
		}
		w.launches[x.container.profile]++
		if tr.known[t] {
			w.fail("%s is launched a second time", t)
		}
		tr.known[t] = true
	}
}

// granted: one attempt of a partition holds the permission at a time.
func (tr *truth) granted(w *world, t dag.Task) {
	k := taskPart{t.Stage, t.Partition}
	if h, held := tr.holders[k]; held && h != t {
		w.fail("%s may commit while %s holds the permission", t, h)
	}
	tr.holders[k] = t
	tr.allowed[t] = true
}

// ended gives the permission back, whatever the outcome: a partition that is computed gives
// none.
func (tr *truth) ended(e scheduler.TaskEnd) { tr.release(e.Task) }

func (tr *truth) release(t dag.Task) {
	if k := (taskPart{t.Stage, t.Partition}); tr.holders[k] == t {
		delete(tr.holders, k)
	}
}

// lostAll gives back what the tasks of a lost executor held.
func (tr *truth) lostAll(x *executor) {
	for t := range x.seen { // each for itself: the order does not matter
		tr.release(t)
	}
}

// delivered: a partition's value comes once.
func (tr *truth) delivered(w *world, j *job, t dag.Task, v *value) {
	if v == nil {
		w.fail("%s is accepted without a value", t)
		return
	}
	if _, twice := j.got[t.Partition]; twice {
		w.fail("partition %d of job %d is delivered twice", t.Partition, j.spec.ID)
	}
	if j.saves && !tr.allowed[t] {
		w.fail("%s is accepted, but never had permission to commit", t)
	}
	j.got[t.Partition] = v.tally
	j.manifests[t.Partition] = v.manifest
}

// answered compares a finished job's answer with the straight computation.
func (tr *truth) answered(w *world, j *job) {
	got := j.got
	if j.saves {
		var err error
		if got, err = w.readBack(j); err != nil {
			w.fail("output of job %d: %v", j.spec.ID, err)
			return
		}
	}
	if len(got) != len(j.want) {
		w.fail("job %d has %d partitions, want %d", j.spec.ID, len(got), len(j.want))
	}
	var total, all tally
	for _, p := range j.result.computed() {
		if !j.anyWay && got[p] != j.want[p] {
			w.fail("job %d partition %d is %v, want %v", j.spec.ID, p, got[p], j.want[p])
		}
		total.join(got[p])
		all.join(j.want[p])
	}
	if total != all {
		w.fail("job %d is %v in all, want %v", j.spec.ID, total, all)
	}
}

// explain: a job may only fail for a reason that the faults give.
func (tr *truth) explain(w *world, j *job, err *scheduler.JobError) {
	losses := tr.losses
	ok := true
	switch err.Kind {
	case scheduler.TaskFailures:
		ok = tr.excused+tr.blamed >= tr.config.MaxFailures
	case scheduler.FetchFailures:
		ok = 3*losses >= tr.config.MaxStageAttempts
	case scheduler.Cancelled:
		ok = j.cancel
	case scheduler.Unschedulable:
		ok = tr.config.Exclusion.TaskAndStage && tr.excused+tr.blamed > 0
	case scheduler.Inconsistent:
		ok = j.anyWay && losses > 0
	}
	if !ok {
		w.fail("no fault explains: %v (%d task failures, %d executors to blame, %d losses)",
			err, tr.excused, tr.blamed, losses)
	}
}

// readBack tallies the files of a job.
func (w *world) readBack(j *job) (map[int32]tally, error) {
	out := fmt.Sprintf("/out/%d", j.spec.ID)
	got := make(map[int32]tally)
	success := false
	entries, err := w.files.ReadDir(w.files.ctx(), out)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Name() == "_SUCCESS" {
			success = true
			continue
		}
		var p int32
		if _, err := fmt.Sscanf(e.Name(), "part-%d", &p); err != nil {
			return nil, fmt.Errorf("%s lies about", e.Path)
		}
		var t tally
		for data := w.files.data(e.Path); len(data) >= 8; data = data[8:] {
			t.add(binary.LittleEndian.Uint64(data))
		}
		got[p] = t
	}
	if !success {
		return nil, errors.New("there is no _SUCCESS")
	}
	return got, nil
}

// checkEnd looks at what is left when everything had its time.
func (w *world) checkEnd() {
	s := w.driver.machine.Status()
	if len(s.Jobs) > 0 {
		w.fail("jobs are left: %+v", s.Jobs)
	}
	for _, e := range s.Executors {
		if e.Running > 0 {
			w.fail("%s is said to have %d tasks, but all jobs have ended", e.ID, e.Running)
		}
	}
	for _, e := range w.driver.books {
		if e != nil && e.registered && !e.gone && len(e.executor.running) > 0 {
			w.fail("%s still runs %s", e.executor.id, e.executor.running[0])
		}
	}
	for _, j := range w.program.jobs {
		w.checkFiles(j)
	}
}

// checkFiles: files are whole after a success, also after all zombies, and gone after a failure.
func (w *world) checkFiles(j *job) {
	if !j.saves || !j.started {
		return
	}
	if j.err == nil {
		w.truth.answered(w, j)
		return
	}
	_, err := w.files.Stat(w.files.ctx(), fmt.Sprintf("/out/%d", j.spec.ID))
	if !errors.Is(err, fs.ErrNotExist) {
		w.fail("job %d failed, but its output is there (%v)", j.spec.ID, err)
	}
}
