package simulated

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs/commit"
	"github.com/weft-data/weft/scheduler"
)

// errGivenUp is how an application ends whose executors fail again and again.
var errGivenUp = errors.New("too many executors failed")

// jobOf finds the job of a result stage.
func (w *world) jobOf(s dag.StageID) *job {
	for _, j := range w.program.jobs {
		if j.result.spec.ID == s {
			return j
		}
	}
	return nil
}

// submit starts a job; one that saves prepares its directory.
func (d *driver) submit(j *job) {
	j.started = true
	if d.given {
		d.end(j, errGivenUp)
		return
	}
	if j.saves {
		if err := d.output(j).Prepare(d.world.files.ctx()); err != nil {
			d.end(j, err)
			return
		}
	}
	d.step(scheduler.JobSubmitted{Job: j.spec})
}

// output is where a job writes.
func (d *driver) output(j *job) *commit.Job {
	return &commit.Job{
		FS: d.world.files, Out: fmt.Sprintf("/out/%d", j.spec.ID),
		ID: fmt.Sprint("job-", j.spec.ID), Attempt: 1 + j.drivers,
	}
}

// finished ends a job. Files are committed before the job counts as done.
func (d *driver) finished(a scheduler.JobFinished) {
	w := d.world
	j := w.program.jobs[a.Job]
	switch {
	case j.ended:
		w.fail("job %d ends twice", a.Job)
	case a.Err != nil:
		w.truth.explain(w, j, a.Err)
		d.end(j, a.Err)
	case j.saves:
		d.commit(j)
	default:
		d.end(j, nil)
	}
}

// commit renames the files of the accepted tasks. A driver to which something happens on the way
// tries again; or it dies, another takes over, and the first comes back as a zombie.
func (d *driver) commit(j *job) {
	w := d.world
	out := d.output(j)
	err := out.Commit(w.files.ctx(), d.manifests(j))
	if err == nil {
		d.end(j, nil)
		return
	}
	w.log("commit of job %d: %v", j.spec.ID, err)
	if w.chance(0.5) {
		j.drivers++
		if err := d.output(j).TakeOver(w.files.ctx()); err != nil {
			w.fail("take over job %d: %v", j.spec.ID, err)
			return
		}
		w.after(w.upTo(10*time.Second), func() { _ = out.Commit(w.files.ctx(), d.manifests(j)) })
	}
	w.after(w.upTo(2*time.Second), func() { d.commit(j) })
}

func (d *driver) manifests(j *job) (list []commit.Manifest) {
	for _, p := range j.result.computed() {
		if m := j.manifests[p]; m != nil {
			list = append(list, *m)
		}
	}
	return list
}

// end is the job's last word to its caller. A failed one takes its files away.
func (d *driver) end(j *job, err error) {
	w := d.world
	j.ended, j.err = true, err
	if err != nil {
		w.log("job %d failed: %v", j.spec.ID, err)
		if j.saves && !w.options.breaks.leavesFiles {
			if err := d.output(j).Abort(w.files.ctx(), d.manifests(j)); err != nil {
				w.fail("abort job %d: %v", j.spec.ID, err)
			}
		}
		return
	}
	w.log("job %d is done: %v", j.spec.ID, j.total())
	w.truth.answered(w, j)
}

// total joins what all partitions gave.
func (j *job) total() (t tally) {
	for _, p := range j.result.computed() {
		t.join(j.got[p])
	}
	return t
}

// running lists the jobs that are submitted and not over.
func (w *world) running() []*job {
	return slices.DeleteFunc(slices.Clone(w.program.jobs), func(j *job) bool {
		return !j.started || j.ended
	})
}
