package main

import (
	"container/heap"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// yard is a cluster that gives executors as they are asked for, without end.
type yard struct {
	load
	demand
	seed     uint64
	machine  *scheduler.Machine
	now      time.Duration
	events   events
	sequence int
	wake     time.Duration
	want     int
	have     int // asked for, given and living ones
	all      []*hired
	jobs     []hiredJob
	over     int
	figures
}

// hired is an executor.
type hired struct {
	given, joined time.Duration
	busy          time.Duration // with tasks
	gone          bool
}

// hiredJob is how far a job is.
type hiredJob struct {
	begun   int // maps that began, each counted once
	reached time.Duration
	end     time.Duration
	ran     map[int32]bool
}

// figures are a row of the table, in seconds.
type figures struct {
	reach, job, held, work, idle float64
	asked, again                 int
}

func newYard(seed uint64, l load, d demand) *yard {
	m, err := scheduler.New(d.config())
	if err != nil {
		panic(err) // the configurations are fixed
	}
	return &yard{load: l, demand: d, seed: seed, machine: m, jobs: make([]hiredJob, len(l.jobs))}
}

// run plays the load until all jobs are over and all executors have gone, or an hour longer where
// they stay.
func (y *yard) run() (figures, error) {
	y.act()
	for i := range y.load.jobs {
		y.jobs[i].ran = map[int32]bool{}
		y.at(y.load.jobs[i].at, func() error { return y.step(scheduler.JobSubmitted{Job: y.spec(i)}) })
	}
	for len(y.events) > 0 {
		e := heap.Pop(&y.events).(event)
		if y.over == len(y.jobs) && e.at > y.lastEnd()+time.Hour {
			break
		}
		y.now = e.at
		if err := e.do(); err != nil {
			return y.figures, err
		}
	}
	if y.over < len(y.jobs) {
		return y.figures, errors.New("jobs never end")
	}
	y.sum()
	return y.figures, nil
}

func (y *yard) lastEnd() (last time.Duration) {
	for i := range y.jobs {
		last = max(last, y.jobs[i].end)
	}
	return last
}

func (y *yard) at(t time.Duration, do func() error) {
	y.sequence++
	heap.Push(&y.events, event{t, y.sequence, do})
}

func (y *yard) spec(i int) dag.Job {
	b := &y.load.jobs[i]
	maps := dag.Stage{
		ID: dag.StageID(2 * i), Tasks: b.maps, Shuffle: dag.NoShuffle, Deterministic: true,
	}
	if b.reduces == 0 {
		return dag.Job{ID: dag.JobID(i), Stages: []dag.Stage{maps}}
	}
	maps.Shuffle, maps.Reduces = dag.ShuffleID(i), b.reduces
	return dag.Job{ID: dag.JobID(i), Stages: []dag.Stage{maps, {
		ID: maps.ID + 1, Tasks: b.reduces, Shuffle: dag.NoShuffle, Deterministic: true,
		Parents: []dag.Parent{{Shuffle: maps.Shuffle}},
	}}}
}

func (y *yard) step(e scheduler.Event) error {
	if err := y.machine.Step(y.now, e); err != nil {
		return err
	}
	y.act()
	return nil
}

func (y *yard) act() {
	for _, a := range y.machine.Ready() {
		y.perform(a)
	}
}

func (y *yard) perform(a scheduler.Action) {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		for _, r := range a.Ranges {
			for p := r.First; p < r.First+r.Count; p++ {
				y.launch(a.Executor, dag.Task{Stage: a.Stage, Partition: p, Attempt: r.Attempt})
			}
		}
	case scheduler.WantExecutors:
		y.want = a.Wants[0].Count
		for ; y.have < y.want; y.have++ {
			y.hire()
		}
	case scheduler.ReleaseExecutors:
		for _, x := range a.Executors {
			y.release(x)
		}
	case scheduler.JobFinished:
		y.jobs[a.Job].end = y.now
		y.over++
	case scheduler.WakeAt:
		y.wake = a.Time
		y.at(a.Time, func() error {
			if y.wake != a.Time {
				return nil
			}
			return y.step(scheduler.Tick{})
		})
	}
}

// hire asks for an executor. Until its container is given it may be taken back.
func (y *yard) hire() {
	y.asked++
	r := rand.New(rand.NewPCG(y.seed, uint64(y.asked)))
	between := func(least, most time.Duration) time.Duration {
		return least + time.Duration(r.Float64()*float64(most-least))
	}
	give, start := between(giveLeast, giveMost), between(startLeast, startMost)
	y.at(y.now+give, func() error {
		if y.have > y.want {
			y.have--
			return nil
		}
		h := &hired{given: y.now}
		y.at(y.now+start, func() error { return y.join(h) })
		return nil
	})
}

func (y *yard) join(h *hired) error {
	h.joined = y.now
	y.all = append(y.all, h)
	return y.step(scheduler.ExecutorAdded{
		Executor: scheduler.ExecutorID(len(y.all) - 1), Host: host(len(y.all)), Slots: 1,
	})
}

func (y *yard) release(x scheduler.ExecutorID) {
	y.have--
	y.end(y.all[x])
	y.at(y.now, func() error {
		return y.step(scheduler.ExecutorLost{Executor: x, OutputsLost: y.outputs != served})
	})
}

// end settles an executor's account.
func (y *yard) end(h *hired) {
	h.gone = true
	y.held += (y.now - h.given).Seconds()
	y.figures.idle += (y.now - h.joined - h.busy).Seconds()
}

func (y *yard) launch(x scheduler.ExecutorID, t dag.Task) {
	j, h := &y.jobs[t.Stage/2], y.all[x]
	isMap := t.Stage%2 == 0
	d := y.duration(int(t.Stage/2), isMap, t.Partition)
	switch {
	case !isMap:
		y.work += d.Seconds()
	case j.ran[t.Partition]:
		y.again++
	default:
		j.ran[t.Partition] = true
		y.work += d.Seconds()
		if j.begun++; j.reached == 0 && j.begun*100 >= y.load.jobs[t.Stage/2].maps*95 {
			j.reached = y.now
		}
	}
	y.at(y.now+d, func() error {
		h.busy += d
		return y.step(scheduler.TasksEnded{
			Executor: x, Ends: []scheduler.TaskEnd{{Task: t, Duration: d}},
		})
	})
}

// duration of a task is its own, whatever happens before.
func (y *yard) duration(job int, isMap bool, partition int32) time.Duration {
	b := &y.load.jobs[job]
	d, kind := b.reduceTime, uint64(1)
	if isMap {
		d, kind = b.time, 0
		if b.straggler > 0 && int(partition) == b.maps-1 {
			return b.straggler
		}
	}
	r := rand.New(rand.NewPCG(y.seed<<1^kind, uint64(job)<<32^uint64(partition)))
	return time.Duration(float64(d) * (0.8 + 0.4*r.Float64()))
}

// sum makes the row.
func (y *yard) sum() {
	for _, h := range y.all {
		if !h.gone {
			y.end(h)
		}
	}
	n := float64(len(y.jobs))
	for i := range y.jobs {
		y.reach += (y.jobs[i].reached - y.load.jobs[i].at).Seconds() / n
		y.job += (y.jobs[i].end - y.load.jobs[i].at).Seconds() / n
	}
}
