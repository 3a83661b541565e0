package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// measure prints what the machine itself costs, with executors that cost next to nothing. A
// decision is the launch of one task; a step is an event with all that follows from it.
func measure(out io.Writer) error {
	fmt.Fprintln(out, "one goroutine, 4 slots an executor, ends of tasks reported one by one; "+
		"1/s is decisions by CPU second, garbage collection included")
	fmt.Fprintf(out, "%-34s %10s %9s %9s %9s %9s\n", "stage", "executors", "1/s", "p50 µs",
		"p99 µs", "max µs")
	for _, k := range kinds {
		for _, executors := range []int{100, 1000, 10_000} {
			speed(out, k, executors)
		}
	}
	fmt.Fprintf(out, "\n%-34s %10s %12s %12s\n", "1 M tasks, 1,000 executors", "", "B/task",
		"of it idle")
	for _, k := range kinds[:3] {
		memory(out, k)
	}
	growth(out)
	losses(out)
	return nil
}

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

// speed takes the processor time of 400,000 tasks, once all slots are filled, and in a second run
// the time of each step. It is the best of three: the machine may do other things too.
func speed(out io.Writer, k kind, executors int) {
	const tasks = 400_000
	best := 0.0
	for range 3 {
		b := newBare(k, executors)
		b.submit(k, tasks, executors)
		runtime.GC()
		before, began := b.accepted, cpu()
		b.run()
		best = max(best, float64(b.accepted-before)/(cpu()-began).Seconds())
	}
	b := newBare(k, executors)
	b.submit(k, tasks, executors)
	b.steps = make([]time.Duration, 0, tasks+1)
	b.run()
	slices.Sort(b.steps)
	at := func(q float64) float64 { return micro(b.steps[int(q*float64(len(b.steps)-1))]) }
	fmt.Fprintf(out, "%-34s %10d %9.0f %9.2f %9.2f %9.0f\n", k.name, executors, best,
		at(0.5), at(0.99), at(1))
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// memory weighs a stage of a million tasks in the middle of its run. Prefs are the driver's.
func memory(out io.Writer, k kind) {
	const tasks, executors = 1_000_000, 1000
	b := newBare(k, executors)
	j := k.job(0, tasks, executors)
	b.queue = make([]ready, 0, 1<<21)
	before := live()
	b.step(scheduler.JobSubmitted{Job: j})
	idle := live()
	for range tasks / 2 {
		b.end()
	}
	half := live()
	fmt.Fprintf(out, "%-34s %10s %12.1f %12.1f\n", k.name, "", float64(half-before)/tasks,
		float64(idle-before)/tasks)
	runtime.KeepAlive(j)
	runtime.KeepAlive(b)
}

func live() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// growth times whole stages of 10³ to 5·10⁶ tasks and fits time = c·n^slope.
func growth(out io.Writer) {
	fmt.Fprintf(out, "\n%-34s %10s %12s\n", "whole stage, 1,000 executors", "tasks", "ns/task")
	for _, k := range kinds[:2] {
		var xs, ys []float64
		for _, n := range []int{1000, 10_000, 100_000, 1_000_000, 5_000_000} {
			d := whole(k, n)
			xs = append(xs, math.Log(float64(n)))
			ys = append(ys, math.Log(d.Seconds()))
			fmt.Fprintf(out, "%-34s %10d %12.0f\n", k.name, n, float64(d.Nanoseconds())/float64(n))
		}
		fmt.Fprintf(out, "%-34s %10s %12.3f\n", k.name, "slope", slope(xs, ys))
	}
}

// whole is the time of a stage from its submission; small ones are repeated.
func whole(k kind, n int) time.Duration {
	rounds := max(1, 1_000_000/n)
	var total time.Duration
	for range rounds {
		b := newBare(k, 1000)
		runtime.GC()
		began := cpu()
		b.submit(k, n, 1000)
		b.run()
		total += cpu() - began
	}
	return total / time.Duration(rounds)
}

func slope(xs, ys []float64) float64 {
	n, sx, sy, sxx, sxy := float64(len(xs)), 0.0, 0.0, 0.0, 0.0
	for i := range xs {
		sx, sy, sxx, sxy = sx+xs[i], sy+ys[i], sxx+xs[i]*xs[i], sxy+xs[i]*ys[i]
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// losses loses 100 of 1,000 executors in the middle of a map stage of 5 M tasks, outputs included,
// and compares with the same stage undisturbed and the tasks that ran again.
func losses(out io.Writer) {
	const tasks, executors = 5_000_000, 1000
	k := kinds[1]
	calm := whole(k, tasks)
	b := newBare(k, executors)
	runtime.GC()
	began := cpu()
	b.submit(k, tasks, executors)
	for range tasks / 2 {
		b.end()
	}
	before := cpu()
	for x := range executors / 10 {
		b.step(scheduler.ExecutorLost{
			Executor: scheduler.ExecutorID(x * 10), Reason: "lost", OutputsLost: true,
		})
	}
	lost := cpu() - before
	b.run()
	all := cpu() - began
	again := b.accepted - tasks - 1
	expected := calm.Seconds() * float64(tasks+again) / tasks
	fmt.Fprintf(out, "\nlosing 10 %% of 1,000 executors at half of 5 M map tasks: %s for the losses, "+
		"%d tasks again,\n"+
		"%.2f s in all; undisturbed %.2f s, with the work done again %.2f s: %+.1f %%\n",
		lost.Round(time.Millisecond), again, all.Seconds(), calm.Seconds(), expected,
		100*(all.Seconds()/expected-1))
}
