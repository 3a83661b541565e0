package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/weft-data/weft/scheduler"
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
