package scheduler_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"pgregory.net/rapid"
)

// TestDelayOracle plays random stages with preferred places on executors that come and go, and
// computes at each step which executor must get which task and how near: by looking at every
// executor and every task. It compares 100,000 launches. A failure prints its seed, and -rapid.seed
// takes it back.
func TestDelayOracle(t *testing.T) {
	launches := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newDelayWorld(rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))))
		for range 800 {
			want, got := w.oracle.offer(w.now), w.launched()
			launches += len(got)
			if !slices.Equal(got, want) {
				t.Fatalf("at %s\ngot  %v\nwant %v\n%+v", w.now, got, want, w.m.Status())
			}
			w.next()
		}
	})
	if launches < 100_000 {
		t.Errorf("only %d tasks were launched", launches)
	}
}

// placed is one launch. Tasks without preference are all alike: their partition is left out.
type placed struct {
	stage     dag.StageID
	executor  scheduler.ExecutorID
	partition int32
	at        scheduler.Locality
}

func (p placed) String() string {
	return fmt.Sprintf("%d.%d on %s (%s)", p.stage, p.partition, p.executor, p.at)
}

func sortPlaced(list []placed) {
	slices.SortFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.executor, b.executor),
			cmp.Compare(a.partition, b.partition), cmp.Compare(a.at, b.at))
	})
}

var delayWaits = scheduler.Waits{Process: time.Second, Node: 3 * time.Second, Rack: 2 * time.Second}

// delayWorld makes things happen to a machine and to the oracle.
type delayWorld struct {
	*rand.Rand
	m       *scheduler.Machine
	oracle  *delayOracle
	now     time.Duration
	running []running
	stages  map[dag.StageID]*delayStage
	nextX   scheduler.ExecutorID
	jobs    int32
}

type running struct {
	task     dag.Task
	executor scheduler.ExecutorID
}

func newDelayWorld(r *rand.Rand) *delayWorld {
	m, err := scheduler.New(scheduler.Config{QueueTime: -1, Wait: delayWaits})
	if err != nil {
		panic(err)
	}
	return &delayWorld{Rand: r, m: m, oracle: &delayOracle{}, stages: map[dag.StageID]*delayStage{}}
}

func (w *delayWorld) step(e scheduler.Event) {
	if err := w.m.Step(w.now, e); err != nil {
		panic(err)
	}
}

// next makes something happen, after some time.
func (w *delayWorld) next() {
	w.now += time.Duration(w.Intn(3)) * time.Duration(w.Intn(700)) * time.Millisecond
	w.step(scheduler.Tick{})
	switch n := w.Intn(20); {
	case n < 2 && len(w.oracle.executors) < 8:
		w.addExecutor()
	case n == 2 && len(w.oracle.executors) > 0:
		w.loseExecutor()
	case n < 6 && len(w.oracle.stages) < 4:
		w.submit()
	case n < 17 && len(w.running) > 0:
		w.end(1 + w.Intn(min(4, len(w.running))))
	}
}

func rackOf(host int) string { return fmt.Sprint("r", host%2) }

func (w *delayWorld) addExecutor() {
	host := w.Intn(5)
	x := &delayExecutor{id: w.nextX, host: fmt.Sprint("h", host), rack: rackOf(host), slots: 1 + w.Intn(3)}
	w.nextX++
	w.step(scheduler.ExecutorAdded{Executor: x.id, Host: x.host, Rack: x.rack, Slots: x.slots})
	w.oracle.join(x, w.now)
}

// loseExecutor loses one that holds no blocks: what a lost block leaves behind is another story.
func (w *delayWorld) loseExecutor() {
	x := w.oracle.executors[w.Intn(len(w.oracle.executors))]
	if x.holds {
		return
	}
	w.step(scheduler.ExecutorLost{Executor: x.id})
	w.oracle.lose(x)
	w.running = slices.DeleteFunc(w.running, func(r running) bool {
		if r.executor == x.id {
			defer w.oracle.again(w.stages[r.task.Stage], r.task.Partition)
		}
		return r.executor == x.id
	})
}

// submit brings a stage whose tasks prefer hosts, executors with a block, or nothing.
func (w *delayWorld) submit() {
	s := &delayStage{id: dag.StageID(w.jobs), level: scheduler.Process, since: w.now, fresh: true}
	n := 1 + w.Intn(12)
	hosts := make([][]string, n)
	spec := dag.Stage{ID: s.id, Tasks: n, Shuffle: dag.NoShuffle}
	for p := range n {
		task := &delayTask{partition: int32(p), racks: map[string]bool{}}
		switch w.Intn(4) {
		case 0, 1:
			for range 1 + w.Intn(2) {
				h := w.Intn(6)
				hosts[p] = append(hosts[p], fmt.Sprint("h", h))
				task.racks[rackOf(h)] = true
			}
			task.hosts = hosts[p]
		case 2:
			w.cache(s.id, task)
		}
		s.tasks = append(s.tasks, task)
	}
	spec.Prefs = dag.MakePrefs(hosts)
	for _, h := range spec.Prefs.Hosts {
		var n int
		fmt.Sscanf(h, "h%d", &n)
		spec.Prefs.Racks = append(spec.Prefs.Racks, rackOf(n))
	}
	spec.Cached = []dag.DatasetID{dag.DatasetID(s.id)}
	w.jobs++
	w.step(scheduler.JobSubmitted{Job: dag.Job{ID: dag.JobID(s.id), Stages: []dag.Stage{spec}}})
	w.stages[s.id] = s
	w.oracle.submit(s)
}

// cache puts a task's block on an executor, which then stays.
func (w *delayWorld) cache(id dag.StageID, task *delayTask) {
	if len(w.oracle.executors) == 0 {
		return
	}
	x := w.oracle.executors[w.Intn(len(w.oracle.executors))]
	x.holds = true
	task.executor, task.hosts = x, []string{x.host}
	w.step(scheduler.BlocksCached{
		Executor: x.id, Dataset: dag.DatasetID(id), Partitions: []int32{task.partition},
	})
}

func (w *delayWorld) end(n int) {
	for range n {
		i := w.Intn(len(w.running))
		r := w.running[i]
		w.running = slices.Delete(w.running, i, i+1)
		end := scheduler.TaskEnd{Task: r.task, Duration: time.Second}
		w.oracle.freed(r.executor)
		if w.Intn(3) == 0 {
			end.Outcome = scheduler.Killed // it runs again
			w.oracle.again(w.stages[r.task.Stage], r.task.Partition)
		} else {
			w.oracle.done(w.stages[r.task.Stage], r.task.Partition)
		}
		w.step(scheduler.TasksEnded{Executor: r.executor, Ends: []scheduler.TaskEnd{end}})
	}
}

// launched performs the actions.
func (w *delayWorld) launched() (list []placed) {
	for _, a := range w.m.Ready() {
		launch, ok := a.(scheduler.LaunchTasks)
		if !ok {
			continue
		}
		for _, r := range launch.Ranges {
			for p := r.First; p < r.First+r.Count; p++ {
				task := dag.Task{Stage: launch.Stage, Partition: p, Attempt: r.Attempt}
				w.running = append(w.running, running{task, launch.Executor})
				list = append(list, w.oracle.took(w.stages[launch.Stage], p, launch.Executor, r.Locality))
			}
		}
	}
	sortPlaced(list)
	return list
}
