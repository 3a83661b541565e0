package main

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// kind is a shape of stage.
type kind struct {
	name  string
	maps  bool
	prefs bool
	pools int
}

var kinds = []kind{
	{name: "result stage"},
	{name: "map stage", maps: true},
	{name: "result stage, 3 hosts a partition", prefs: true},
	{name: "10 jobs in 10 fair pools", pools: 10},
}

// bare is a machine with executors that do nothing but report.
type bare struct {
	m        *scheduler.Machine
	queue    []ready // launched, in order
	head     int
	ends     [1]scheduler.TaskEnd
	now      time.Duration
	steps    []time.Duration // nil: not timed
	accepted int
}

type ready struct {
	executor scheduler.ExecutorID
	task     dag.Task
}

func newBare(k kind, executors int) *bare {
	c := scheduler.Config{QueueTime: -1}
	if k.pools > 0 {
		c.Mode = pool.Fair
	}
	m, err := scheduler.New(c)
	if err != nil {
		panic(err) // the configurations are fixed
	}
	b := &bare{m: m}
	for x := range executors {
		b.step(scheduler.ExecutorAdded{
			Executor: scheduler.ExecutorID(x), Host: host(x), Slots: 4,
		})
	}
	return b
}

func host(x int) string { return fmt.Sprintf("n%05d", x) }

// submit gives the machine a stage of n tasks, or one for each pool.
func (b *bare) submit(k kind, n, executors int) {
	for i := range max(k.pools, 1) {
		b.step(scheduler.JobSubmitted{Job: k.job(i, n/max(k.pools, 1), executors)})
	}
}

func (k kind) job(i, n, executors int) dag.Job {
	s := dag.Stage{ID: dag.StageID(2 * i), Tasks: n, Shuffle: dag.NoShuffle, Deterministic: true}
	j := dag.Job{ID: dag.JobID(i), Pool: fmt.Sprint("pool", i)}
	if k.prefs {
		s.Prefs = spreadOver(n, executors)
	}
	if k.maps {
		s.Shuffle, s.Reduces = dag.ShuffleID(i), 1
		last := dag.Stage{ID: s.ID + 1, Tasks: 1, Shuffle: dag.NoShuffle, Deterministic: true,
			Parents: []dag.Parent{{Shuffle: s.Shuffle}}}
		j.Stages = []dag.Stage{s, last}
		return j
	}
	j.Stages = []dag.Stage{s}
	return j
}

// spreadOver prefers three hosts for each partition, every host equally often.
func spreadOver(n, hosts int) dag.Prefs {
	p := dag.Prefs{Offsets: make([]int32, n+1)}
	for h := range hosts {
		p.Hosts = append(p.Hosts, host(h))
	}
	for i := range n {
		for r := range 3 {
			p.Index = append(p.Index, int32((i*7919+r*31)%hosts))
		}
		p.Offsets[i+1] = int32(len(p.Index))
	}
	return p
}

func (b *bare) step(e scheduler.Event) {
	b.now += time.Microsecond
	var began time.Time
	if b.steps != nil {
		began = time.Now()
	}
	err := b.m.Step(b.now, e)
	actions := b.m.Ready()
	if b.steps != nil {
		b.steps = append(b.steps, time.Since(began))
	}
	if err != nil {
		panic(err) // the events are valid
	}
	for _, a := range actions {
		b.perform(a)
	}
}

func (b *bare) perform(a scheduler.Action) {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		for _, r := range a.Ranges {
			for i := range r.Count {
				t := dag.Task{Stage: a.Stage, Partition: r.First + i, Attempt: r.Attempt}
				b.queue = append(b.queue, ready{a.Executor, t})
			}
		}
	case scheduler.TasksAccepted:
		b.accepted += len(a.Tasks)
	}
}

// end reports the oldest task that runs.
func (b *bare) end() bool {
	if b.head == len(b.queue) {
		return false
	}
	r := b.queue[b.head]
	b.head++
	if b.head > 1<<20 {
		b.queue, b.head = append(b.queue[:0], b.queue[b.head:]...), 0
	}
	b.ends[0] = scheduler.TaskEnd{Task: r.task, Duration: time.Second}
	b.step(scheduler.TasksEnded{Executor: r.executor, Ends: b.ends[:]})
	return true
}

func (b *bare) run() {
	for b.end() {
		continue
	}
}
