package main

import (
	"fmt"
	"io"
	"time"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// burst is a job of a load: map tasks, and reduce tasks that read what they wrote, if any.
type burst struct {
	at         time.Duration
	maps       int
	time       time.Duration // of a task, ± a fifth
	straggler  time.Duration // of the last map, instead; 0: as long as the others
	reduces    int
	reduceTime time.Duration
}

// load is what comes to an application that begins with nothing.
type load struct {
	name  string
	jobs  []burst
	notes string
}

var loads = []load{
	{"step to 32", []burst{{maps: 32, time: time.Minute}}, "32 tasks of 60 s"},
	{"step to 1,000", []burst{{maps: 1000, time: time.Minute}}, "1,000 tasks of 60 s"},
	{"saw-tooth", teeth(20, 90*time.Second), "20 jobs of 200 tasks of 20 s, one every 90 s"},
	{"saw-tooth, fast", teeth(60, 30*time.Second), "60 jobs of 200 tasks of 20 s, one every 30 s"},
	{"long tail", []burst{{
		maps: 200, time: 20 * time.Second, straggler: 10 * time.Minute,
		reduces: 100, reduceTime: 20 * time.Second,
	}}, "200 maps of 20 s but one of 10 min, then 100 reduces of 20 s"},
}

func teeth(n int, every time.Duration) (list []burst) {
	for i := range n {
		list = append(list, burst{at: time.Duration(i) * every, maps: 200, time: 20 * time.Second})
	}
	return list
}

// outputs is who has map outputs when an executor goes.
type outputs uint8

const (
	served  outputs = iota // a service on each node: nothing is lost
	tracked                // the executor: it stays while it has any
	lost                   // the executor, and it goes all the same
)

// String says it as the tables do.
func (o outputs) String() string {
	return [...]string{"service", "kept executors", "lost with the executor"}[o]
}

// demand is a row: a policy of dynamic allocation.
type demand struct {
	name    string
	policy  dynalloc.Policy
	idle    time.Duration
	outputs outputs
}

var demands = []demand{
	{"ramp, idle 60 s (Spark's)", dynalloc.Ramp, time.Minute, served},
	{"ramp, idle 10 s", dynalloc.Ramp, 10 * time.Second, served},
	{"direct, idle 60 s", dynalloc.Direct, time.Minute, served},
	{"direct, idle 30 s", dynalloc.Direct, 30 * time.Second, served},
	{"direct, idle 15 s (default)", dynalloc.Direct, 15 * time.Second, served},
	{"direct, idle 10 s", dynalloc.Direct, 10 * time.Second, served},
	{"direct, idle 3 s", dynalloc.Direct, 3 * time.Second, served},
}

// The way of an executor: a container is given some time after it was asked for, and registers
// some time after that; both evenly between the limits.
const (
	giveLeast, giveMost   = 200 * time.Millisecond, time.Second
	startLeast, startMost = 500 * time.Millisecond, 1500 * time.Millisecond
)

// onDemand prints the tables of dynamic allocation.
func onDemand(out io.Writer, seed uint64) error {
	fmt.Fprintf(out, "executors of one slot; a container comes %s to %s after it was asked for, its "+
		"executor registers %s to %s later; seed %d\n",
		giveLeast, giveMost, startLeast, startMost, seed)
	for _, l := range loads {
		fmt.Fprintf(out, "\n%s: %s\n", l.name, l.notes)
		if err := rows(out, seed, l, demands); err != nil {
			return err
		}
	}
	tail := loads[len(loads)-1]
	fmt.Fprintf(out, "\n%s, by where map outputs are when an executor goes\n", tail.name)
	var list []demand
	for _, o := range []outputs{served, tracked, lost} {
		for _, p := range []dynalloc.Policy{dynalloc.Ramp, dynalloc.Direct} {
			idle := time.Minute
			if p == dynalloc.Direct {
				idle = 15 * time.Second
			}
			name := fmt.Sprintf("%s, %s", p, o)
			list = append(list, demand{name, p, idle, o})
		}
	}
	if err := rows(out, seed, tail, list); err != nil {
		return err
	}
	fmt.Fprint(out, `
to 95 %: time from a job's submission until 95 % of its first tasks run or are done; a mean.
job: time of a job, mean. held: executor-seconds from container to its end. work: seconds of tasks
  that had to run. idle: held, and neither starting nor running a task. again: map tasks that ran
  again because their output was lost.
`)
	return nil
}

func rows(out io.Writer, seed uint64, l load, list []demand) error {
	const line = "%-34s %9s %9s %10s %10s %10s %8s %7s\n"
	fmt.Fprintf(out, line, "policy", "to 95 % s", "job s", "held s", "work s", "idle s",
		"asked", "again")
	for _, d := range list {
		r, err := newYard(seed, l, d).run()
		if err != nil {
			return fmt.Errorf("%s, %s: %w", l.name, d.name, err)
		}
		f := func(x float64) string { return fmt.Sprintf("%.1f", x) }
		fmt.Fprintf(out, line, d.name, f(r.reach), f(r.job), f(r.held), f(r.work), f(r.idle),
			fmt.Sprint(r.asked), fmt.Sprint(r.again))
	}
	return nil
}

// config is the machine's for a row.
func (d demand) config() scheduler.Config {
	return scheduler.Config{QueueTime: -1, Allocation: scheduler.Allocation{
		Settings: dynalloc.Settings{Enabled: true, Policy: d.policy, Idle: d.idle},
		Slots:    1, KeepOutputs: d.outputs == tracked,
	}}
}
