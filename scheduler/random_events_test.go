package scheduler_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
	"pgregory.net/rapid"
)

// randomStep draws one event that could happen now.
func (w *world) randomStep(t *rapid.T) {
	w.now += time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond
	switch rapid.IntRange(0, 19).Draw(t, "event") {
	case 0, 1:
		w.addJob(t)
	case 2, 3:
		w.addExecutor(t, w.drawProfile(t))
	case 4:
		w.loseExecutor(t)
	case 5:
		if len(w.order) > 0 {
			w.step(t, scheduler.JobCancelled{Job: rapid.SampledFrom(w.order).Draw(t, "job"), Reason: "test"})
		}
	case 6:
		w.cache(t)
	case 7:
		w.step(t, scheduler.Tick{})
	case 8:
		w.askCommit(t)
	case 9:
		if len(w.shared) > 0 {
			s := rapid.SampledFrom(w.shared).Draw(t, "shuffle")
			w.shared = nil // the driver no longer refers to it
			w.step(t, scheduler.ShuffleDropped{Shuffle: s.Shuffle})
		}
	case 10:
		w.changePools(t)
	case 11:
		w.decommission(t)
		w.progress(t)
	case 12:
		w.loseHost(t)
	case 13:
		w.addProfile(t)
	default:
		w.endSome(t)
	}
}

func (w *world) changePools(t *rapid.T) {
	e := scheduler.PoolsChanged{NoFile: rapid.Bool().Draw(t, "no file")}
	for _, name := range []string{"a", "b"} {
		if rapid.Bool().Draw(t, "listed") {
			e.Pools = append(e.Pools, pool.Spec{
				Name: name, Weight: rapid.IntRange(1, 3).Draw(t, "weight"),
				Mode:     pool.Mode(rapid.IntRange(0, 1).Draw(t, "inside")),
				MinShare: rapid.IntRange(0, 3).Draw(t, "min"),
				MaxShare: rapid.IntRange(0, 3).Draw(t, "max"),
			})
		}
	}
	w.step(t, e)
}

// endSome ends some tasks of a busy executor, mostly well.
func (w *world) endSome(t *rapid.T) {
	var busy []scheduler.ExecutorID
	for _, x := range w.executors {
		if len(w.running[x]) > 0 {
			busy = append(busy, x)
		}
	}
	if len(busy) == 0 {
		return
	}
	x := rapid.SampledFrom(busy).Draw(t, "executor")
	n := rapid.IntRange(1, len(w.running[x])).Draw(t, "n")
	how := rapid.SampledFrom([]scheduler.Outcome{
		scheduler.Success, scheduler.Success, scheduler.Success, scheduler.Success,
		scheduler.Failed, scheduler.Killed, scheduler.FetchFailed, scheduler.CommitDenied,
	}).Draw(t, "outcome")
	w.end(t, x, n, how)
}

func (w *world) end(t *rapid.T, x scheduler.ExecutorID, n int, how scheduler.Outcome) {
	var ends []scheduler.TaskEnd
	for _, task := range w.running[x][:n] {
		end := scheduler.TaskEnd{Task: task, Outcome: how, Duration: time.Millisecond}
		if w.sized {
			end.Sizes = []byte{byte(task.Partition * task.Partition), byte(100 - task.Partition)}
		}
		if how == scheduler.FetchFailed {
			if end.Fetch = w.fetch(t, task); end.Fetch == nil {
				end.Outcome = scheduler.Success
			}
		}
		ends = append(ends, end)
		if how == scheduler.Failed && !w.killed[task] {
			key := dag.Task{Stage: task.Stage, Partition: task.Partition, Attempt: w.attempts[task.Stage]}
			w.failed[key] = x
		}
	}
	w.running[x] = slices.Clone(w.running[x][n:])
	read := scheduler.StageRecords{Stage: ends[0].Task.Stage, Records: int64(100 * n)}
	w.step(t, scheduler.TasksEnded{
		Executor: x, Ends: ends, Read: []scheduler.StageRecords{read},
	})
}

// fetch makes up a failure to read one of the task's inputs.
func (w *world) fetch(t *rapid.T, task dag.Task) *scheduler.FetchFailure {
	parents := w.partOf[task.Stage].Parents
	if len(parents) == 0 {
		return nil
	}
	parent := rapid.SampledFrom(parents).Draw(t, "parent")
	f := &scheduler.FetchFailure{Shuffle: parent.Shuffle, Map: -1}
	outputs, _, _ := w.m.Outputs(f.Shuffle)
	if len(outputs) == 0 {
		return f
	}
	i := rapid.IntRange(0, len(outputs)-1).Draw(t, "map")
	f.Map, f.Executor, f.Attempt = int32(i), outputs[i].Executor, outputs[i].Attempt
	f.OneBlock = rapid.Bool().Draw(t, "one block")
	return f
}

func (w *world) addExecutor(t *rapid.T, profile resource.ID) {
	w.nextExec++
	x := w.nextExec
	w.executors = append(w.executors, x)
	w.profileOf[x] = profile
	host := rapid.IntRange(1, 3).Draw(t, "host")
	w.hosts[x] = host
	w.step(t, scheduler.ExecutorAdded{
		Executor: x, Slots: w.shapes[profile].Slots(), Profile: profile,
		Host: fmt.Sprint("h", host), Rack: fmt.Sprint("r", host%2),
	})
}

// decommission tells an executor to go; from now on it must get no tasks.
func (w *world) decommission(t *rapid.T) {
	if len(w.executors) > 0 && rapid.Bool().Draw(t, "decommission") {
		x := rapid.SampledFrom(w.executors).Draw(t, "executor")
		w.leaving[x] = true
		w.step(t, scheduler.ExecutorDecommissioning{Executor: x})
	}
}

// progress tells how far some tasks are.
func (w *world) progress(t *rapid.T) {
	for _, x := range w.executors {
		e := scheduler.TasksProgressed{Executor: x}
		for _, task := range w.running[x] {
			n := rapid.Int64Range(-1, 1000).Draw(t, "records")
			e.Tasks = append(e.Tasks, scheduler.TaskProgress{Task: task, Records: n})
		}
		w.step(t, e)
	}
}

func (w *world) loseExecutor(t *rapid.T) {
	if len(w.executors) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.executors)-1).Draw(t, "executor")
	x := w.executors[i]
	w.executors = slices.Delete(w.executors, i, i+1)
	late := w.running[x]
	delete(w.running, x)
	delete(w.profileOf, x)
	w.step(t, scheduler.ExecutorLost{
		Executor: x, Reason: "test", CausedByApp: rapid.Bool().Draw(t, "app"),
		OutputsLost: rapid.Bool().Draw(t, "outputs"),
	})
	for _, task := range late { // its last words come too late
		w.step(t, scheduler.TasksEnded{Executor: x, Ends: []scheduler.TaskEnd{{Task: task}}})
	}
}

// loseHost loses the outputs of a host; none of them is anywhere afterwards.
func (w *world) loseHost(t *rapid.T) {
	host := rapid.IntRange(1, 3).Draw(t, "host")
	w.step(t, scheduler.OutputsLostOnHost{Host: fmt.Sprint("h", host), Reason: "test"})
	for id := range w.nextShuf {
		outputs, _, _ := w.m.Outputs(id)
		for i, o := range outputs {
			if !o.Missing() && w.hosts[o.Executor] == host {
				t.Fatalf("output %d of shuffle %d is still on h%d\n%s", i, id, host, w.log.String())
			}
		}
	}
}

func (w *world) cache(t *rapid.T) {
	if len(w.executors) == 0 {
		return
	}
	x := rapid.SampledFrom(w.executors).Draw(t, "executor")
	parts := []int32{int32(rapid.IntRange(0, 5).Draw(t, "partition"))}
	if rapid.Bool().Draw(t, "drop") {
		w.step(t, scheduler.BlocksDropped{Executor: x, Dataset: 1, Partitions: parts})
		return
	}
	w.step(t, scheduler.BlocksCached{Executor: x, Dataset: 1, Partitions: parts})
}

func (w *world) askCommit(t *rapid.T) {
	for _, x := range w.executors {
		for _, task := range w.running[x] {
			w.step(t, scheduler.CommitAsked{Task: task})
			return
		}
	}
}

// addJob submits a job of new map stages, shared ones, and a result stage.
func (w *world) addJob(t *rapid.T) {
	j := dag.Job{ID: dag.JobID(len(w.order))}
	j.Pool = rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "pool")
	if len(w.shared) > 0 && rapid.Bool().Draw(t, "share") {
		first := w.shared[0] // reads nothing: any job can name it
		j.Stages = append(j.Stages, first)
	}
	for range rapid.IntRange(0, 3).Draw(t, "maps") {
		s := w.newStage(t, &j)
		s.Shuffle = w.nextShuf
		w.nextShuf++
		w.partOf[s.ID] = &s
		j.Stages = append(j.Stages, s)
		if len(s.Parents) == 0 && len(w.shared) == 0 {
			w.shared = append(w.shared, s)
		}
	}
	s := w.newStage(t, &j)
	s.Shuffle = dag.NoShuffle
	if s.Tasks > 1 && rapid.Bool().Draw(t, "subset") {
		s.Partitions = []int32{int32(s.Tasks) - 1}
	}
	w.partOf[s.ID] = &s
	w.result[s.ID] = j.ID
	j.Stages = append(j.Stages, s)
	w.order = append(w.order, j.ID)
	w.jobs[j.ID] = false
	w.step(t, scheduler.JobSubmitted{Job: j})
}

func (w *world) newStage(t *rapid.T, j *dag.Job) dag.Stage {
	s := dag.Stage{
		ID: w.nextStage, Tasks: rapid.IntRange(0, 6).Draw(t, "tasks"), Reduces: 2,
		Deterministic: rapid.IntRange(0, 4).Draw(t, "deterministic") > 0,
	}
	w.nextStage++
	for i := range j.Stages {
		if rapid.Bool().Draw(t, "reads") {
			p := dag.Parent{Shuffle: j.Stages[i].Shuffle, Aligned: true}
			if rapid.IntRange(0, 3).Draw(t, "guard") == 0 {
				p.Guards = []dag.DatasetID{1}
			}
			s.Parents = append(s.Parents, p)
		}
	}
	if len(w.shapes) > 1 && rapid.Bool().Draw(t, "special") {
		s.Profile = w.drawProfile(t)
	}
	if rapid.IntRange(0, 3).Draw(t, "cached") == 0 {
		s.Cached = []dag.DatasetID{1}
	}
	if rapid.Bool().Draw(t, "prefs") {
		hosts := make([][]string, s.Tasks)
		for i := range hosts {
			for range rapid.IntRange(0, 2).Draw(t, "replicas") {
				hosts[i] = append(hosts[i], fmt.Sprint("h", rapid.IntRange(1, 4).Draw(t, "host")))
			}
		}
		s.Prefs = dag.MakePrefs(hosts)
	}
	return s
}
