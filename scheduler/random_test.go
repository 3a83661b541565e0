package scheduler_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
	"github.com/weft-data/weft/scheduler/pool"
	"github.com/weft-data/weft/scheduler/replay"
	"pgregory.net/rapid"
)

// TestRandom steps the machine through random events and checks after each that nothing runs
// twice, no slot is overbooked, results count once and the bookkeeping holds; then it plays
// what is left to its end, which every job must reach. A failure prints its seed, and
// -rapid.seed takes it back.
func TestRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			w.randomStep(t)
		}
		w.finish(t)
	})
}

// TestReplay writes random events down and steps another machine through the log: its actions
// must be the same.
func TestReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			w.randomStep(t)
		}
		w.finish(t)
		var again strings.Builder
		if err := replay.Replay(&w.record, &again); err != nil {
			t.Fatal(err)
		}
		if got, want := again.String(), w.log.String(); got != want {
			t.Fatalf("the replay differs:\n%s\nfirst:\n%s", got, want)
		}
	})
}

// world is what surrounds the machine: executors that run tasks, and the truth about results.
type world struct {
	m    *scheduler.Machine
	conf scheduler.Config
	now  time.Duration

	executors []scheduler.ExecutorID // living, in order
	shapes    []resource.Shape       // of profiles, by id
	profileOf map[scheduler.ExecutorID]resource.ID
	ran       map[dag.Task]resource.ID // the profile that a task was launched with
	hosts     map[scheduler.ExecutorID]int
	leaving   map[scheduler.ExecutorID]bool
	sized     bool // ends tell the sizes of map outputs
	running   map[scheduler.ExecutorID][]dag.Task
	killed    map[dag.Task]bool
	seen      map[dag.Task]bool // ever launched
	results   map[dag.Task]bool // accepted partitions of result stages (attempt 0)
	result    map[dag.StageID]dag.JobID
	partOf    map[dag.StageID]*dag.Stage
	jobs      map[dag.JobID]bool // submitted: true when over
	order     []dag.JobID
	nextExec  scheduler.ExecutorID
	nextStage dag.StageID
	nextShuf  dag.ShuffleID
	shared    []dag.Stage                       // map stages that later jobs may use again
	attempts  map[dag.StageID]int32             // of running stages
	want      map[resource.ID]int               // executors of each profile
	failed    map[dag.Task]scheduler.ExecutorID // last, by attempt of the stage
	record    bytes.Buffer                      // for a replay
	recorder  *replay.Recorder
	log       strings.Builder // what a replay must give
}

func newWorld(t *rapid.T) *world {
	w := &world{
		want:      map[resource.ID]int{},
		profileOf: map[scheduler.ExecutorID]resource.ID{},
		ran:       map[dag.Task]resource.ID{},
		hosts:     map[scheduler.ExecutorID]int{},
		leaving:   map[scheduler.ExecutorID]bool{},
		running:   map[scheduler.ExecutorID][]dag.Task{},
		killed:    map[dag.Task]bool{},
		seen:      map[dag.Task]bool{},
		results:   map[dag.Task]bool{},
		result:    map[dag.StageID]dag.JobID{},
		partOf:    map[dag.StageID]*dag.Stage{},
		jobs:      map[dag.JobID]bool{},

		attempts: map[dag.StageID]int32{},
		failed:   map[dag.Task]scheduler.ExecutorID{},
		sized:    rapid.Bool().Draw(t, "sized"),
		conf: scheduler.Config{
			Speculation: scheduler.Speculation{
				Enabled: rapid.Bool().Draw(t, "copies"), Quantile: 0.3, Multiplier: 1,
			},
			AdaptiveWait: rapid.Bool().Draw(t, "adaptive wait"),
			MaxFailures:  rapid.IntRange(1, 4).Draw(t, "max failures"),
			Exclusion: scheduler.Exclusion{
				TaskAndStage: rapid.Bool().Draw(t, "exclude"), TaskPerNode: 2,
				Application: rapid.Bool().Draw(t, "exclude for all"),
				Timeout:     10 * time.Second,
			},
			Allocation: scheduler.Allocation{
				Settings: dynalloc.Settings{
					Enabled: rapid.Bool().Draw(t, "allocation"), Min: 1, Idle: 2 * time.Second,
					Policy: dynalloc.Policy(rapid.IntRange(0, 1).Draw(t, "policy")),
				},
				Slots: 2, KeepOutputs: rapid.Bool().Draw(t, "keep outputs"),
			},
			CoverProfiles: rapid.Bool().Draw(t, "cover"),
			MaxCredit:     rapid.IntRange(1, 4).Draw(t, "credit"),
			Mode:          rapid.SampledFrom([]pool.Mode{pool.FIFO, pool.Fair}).Draw(t, "mode"),
		},
	}
	if w.conf.Exclusion.TaskAndStage {
		w.conf.MaxFailures = max(w.conf.MaxFailures, 3)
	}
	w.m, _ = scheduler.New(w.conf)
	w.recorder, _ = replay.NewRecorder(&w.record, w.conf)
	w.addProfile(t)
	return w
}

// step sends an event, performs the actions and checks them.
func (w *world) step(t *rapid.T, e scheduler.Event) {
	if err := w.recorder.Step(w.now, e); err != nil {
		t.Fatal(err)
	}
	w.recorder.Ready()
	if err := w.m.Step(w.now, e); err != nil {
		t.Fatalf("%T: %v", e, err)
	}
	actions := w.m.Ready()
	for _, a := range actions {
		w.log.WriteString(replay.Line(w.now, a))
		w.perform(t, a)
	}
	w.belowCeilings(t, actions)
	w.noneForgotten(t)
	if err := w.m.Check(); err != nil {
		t.Fatalf("after %+v: %v\n%s", e, err, w.log.String())
	}
}

// belowCeilings checks that nothing was launched in a pool that runs more than it may. That a
// pool does may come of a lower ceiling, or of a shared stage that fell to it.
func (w *world) belowCeilings(t *rapid.T, actions []scheduler.Action) {
	st := w.m.Status()
	for _, a := range actions {
		launch, ok := a.(scheduler.LaunchTasks)
		if !ok {
			continue
		}
		for _, p := range st.Pools {
			if p.MaxShare > 0 && p.Running > p.MaxShare && p.Name == poolOf(&st, launch.Stage) {
				t.Fatalf("pool %s runs %d tasks: %s\n%s", p.Spec, p.Running, a, w.log.String())
			}
		}
	}
}

// noneForgotten checks that whatever is pending has a reason why it was not launched.
func (w *world) noneForgotten(t *rapid.T) {
	for _, s := range w.m.Status().Stages {
		if strings.Contains(s.Why, "next step") {
			t.Fatalf("stage %d has %d pending tasks and no reason\n%s", s.ID, s.Pending, w.log.String())
		}
	}
}

// poolOf is the pool of a stage: that of its oldest job.
func poolOf(st *scheduler.Status, id dag.StageID) string {
	for _, j := range st.Jobs {
		if slices.Contains(j.Stages, id) {
			return cmp.Or(j.Pool, pool.DefaultName)
		}
	}
	return ""
}

func (w *world) perform(t *rapid.T, a scheduler.Action) {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		w.launch(t, a)
	case scheduler.KillTasks:
		for _, k := range a.Tasks {
			w.killed[k] = w.killed[k] || !a.Queued
		}
	case scheduler.TasksAccepted:
		for _, k := range a.Tasks {
			w.accept(t, k)
		}
	case scheduler.StageStarted:
		w.attempts[a.Stage] = a.Attempt
	case scheduler.WantExecutors:
		for _, want := range a.Wants {
			w.want[want.Profile] = want.Count
		}
	case scheduler.ReleaseExecutors:
		w.released(t, a.Executors)
	case scheduler.JobFinished:
		w.jobOver(t, a)
	case scheduler.AnswerCommit:
		if a.Granted && w.killed[a.Task] {
			t.Fatalf("a killed attempt may commit: %s", a)
		}
	}
}

// released checks that only idle executors are let go, and each once.
func (w *world) released(t *rapid.T, list []scheduler.ExecutorID) {
	for _, x := range list {
		if _, alive := w.profileOf[x]; !alive || w.leaving[x] || len(w.running[x]) > 0 {
			t.Fatalf("%s is released: alive %v, leaving %v, with tasks %v\n%s", x, alive, w.leaving[x],
				w.running[x], w.log.String())
		}
		w.leaving[x] = true
	}
}

// launch checks that each task is new, that no other attempt of its partition runs, or one on
// another host if it is a copy, and that its executor has room.
func (w *world) launch(t *rapid.T, a scheduler.LaunchTasks) {
	if _, alive := w.profileOf[a.Executor]; !alive || w.leaving[a.Executor] {
		t.Fatalf("launch on a lost or leaving executor: %s", a)
	}
	profile := w.profileNow(a.Stage)
	for _, r := range a.Ranges {
		for p := r.First; p < r.First+r.Count; p++ {
			task := dag.Task{Stage: a.Stage, Partition: p, Attempt: r.Attempt}
			if w.seen[task] {
				t.Fatalf("%s launched twice", task)
			}
			w.seen[task] = true
			w.ran[task] = profile
			w.onlyOne(t, task, a.Executor, r.Copy)
			w.notWhereItFailed(t, task, a.Executor)
			w.running[a.Executor] = append(w.running[a.Executor], task)
		}
	}
	w.fits(t, a.Executor)
}

func (w *world) onlyOne(t *rapid.T, task dag.Task, at scheduler.ExecutorID, twin bool) {
	others := 0
	for _, x := range w.executors {
		for _, r := range w.running[x] {
			if r.Stage != task.Stage || r.Partition != task.Partition || w.killed[r] {
				continue
			}
			if others++; !twin || w.hosts[x] == w.hosts[at] {
				t.Fatalf("%s launched on %s while %s runs on %s\n%s", task, at, r, x, w.log.String())
			}
		}
	}
	if twin && others != 1 {
		t.Fatalf("%s is a copy beside %d others\n%s", task, others, w.log.String())
	}
}

// notWhereItFailed checks that a task is not sent to an executor where it failed in this attempt
// of its stage, if that is asked for.
func (w *world) notWhereItFailed(t *rapid.T, task dag.Task, x scheduler.ExecutorID) {
	task.Attempt = w.attempts[task.Stage]
	if w.conf.Exclusion.TaskAndStage && w.failed[task] == x && x > 0 {
		t.Fatalf("%s launched on %s, where it failed\n%s", task, x, w.log.String())
	}
}

// accept checks that the result of a partition is taken once, and not from a killed attempt.
func (w *world) accept(t *rapid.T, task dag.Task) {
	if w.killed[task] {
		t.Fatalf("%s accepted after it was killed", task)
	}
	if _, isResult := w.result[task.Stage]; !isResult {
		return
	}
	key := dag.Task{Stage: task.Stage, Partition: task.Partition}
	if w.results[key] {
		t.Fatalf("a second result of %s was accepted", task)
	}
	w.results[key] = true
}

func (w *world) jobOver(t *rapid.T, a scheduler.JobFinished) {
	if over, known := w.jobs[a.Job]; over || !known {
		t.Fatalf("job %d finished twice or was never there", a.Job)
	}
	w.jobs[a.Job] = true
	if a.Err != nil {
		return
	}
	for id, job := range w.result {
		if s := w.partOf[id]; job == a.Job && w.count(id) != s.Computed() {
			t.Fatalf("job %d finished with %d of %d results", job, w.count(id), s.Computed())
		}
	}
}

func (w *world) count(id dag.StageID) int {
	n := 0
	for key := range w.results {
		if key.Stage == id {
			n++
		}
	}
	return n
}

// finish gives the machine good executors and no more faults; every job must end.
func (w *world) finish(t *rapid.T) {
	for id := range w.shapes {
		w.addExecutor(t, resource.ID(id))
	}
	idle := 0
	for range 10_000 {
		x, ok := w.busy()
		switch {
		case ok:
			idle = 0
			w.end(t, x, len(w.running[x]), scheduler.Success)
		case w.allOver():
			return
		default:
			w.now += 10 * time.Second
			w.step(t, scheduler.Tick{})
			w.bringExecutors(t)
			// A task with no place left is given up after two minutes.
			if _, ok := w.busy(); !ok && !w.allOver() && idle == 12 {
				t.Fatalf("jobs hang: %+v\n%s", w.m.Status(), w.log.String())
			}
			idle++
		}
	}
	t.Fatalf("jobs never end: %+v", w.m.Status())
}

// bringExecutors is a cluster that gives what is asked for.
func (w *world) bringExecutors(t *rapid.T) {
	for id := range w.shapes {
		n := w.want[resource.ID(id)]
		for _, x := range w.executors {
			if !w.leaving[x] && w.profileOf[x] == resource.ID(id) {
				n--
			}
		}
		for range n {
			w.addExecutor(t, resource.ID(id))
		}
	}
}

func (w *world) busy() (scheduler.ExecutorID, bool) {
	for _, x := range w.executors {
		if len(w.running[x]) > 0 {
			return x, true
		}
	}
	return 0, false
}

func (w *world) allOver() bool {
	for _, over := range w.jobs {
		if !over {
			return false
		}
	}
	return true
}
