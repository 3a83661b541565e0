package schedtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// handlers performs each command.
var handlers = map[string]func(*env, *command) (string, error){
	"config":       (*env).config,
	"profile":      (*env).profile,
	"executors":    (*env).executors,
	"submit":       (*env).submit,
	"succeed":      (*env).succeed,
	"fail":         (*env).fail,
	"killed":       (*env).killed,
	"denied":       (*env).denied,
	"fetch-failed": (*env).fetchFailed,
	"progress":     (*env).progress,
	"batch":        (*env).batch,
	"play":         (*env).play,
	"lose":         (*env).lose,
	"decommission": (*env).decommission,
	"lose-host":    (*env).loseHost,
	"cancel":       (*env).cancel,
	"commit":       (*env).commit,
	"cached":       (*env).cached,
	"dropped":      (*env).dropped,
	"unpersist":    (*env).unpersist,
	"drop-shuffle": (*env).dropShuffle,
	"pools":        (*env).pools,
	"advance":      (*env).advance,
	"why":          (*env).why,
	"status":       (*env).status,
	"outputs":      (*env).outputs,
}

func (v *env) executors(c *command) (string, error) {
	n, err := c.number("n", 1)
	if err != nil {
		return "", err
	}
	id, err := c.number("profile", 0)
	if err != nil {
		return "", err
	}
	slots, err := c.number("slots", max(v.slots[resource.ID(id)], 1))
	if err != nil {
		return "", err
	}
	if v.next, err = c.nextID(v.next); err != nil {
		return "", err
	}
	hosts, racks, served := c.list("hosts"), c.list("racks"), c.flag("served")
	for i := range n {
		e := scheduler.ExecutorAdded{
			Executor: v.next, Slots: slots, Host: fmt.Sprintf("h%d", v.next),
			Profile: resource.ID(id), Served: served,
		}
		if hosts != nil {
			e.Host = hosts[i%len(hosts)]
		}
		if racks != nil {
			e.Rack = racks[i%len(racks)]
		}
		v.next++
		if err := v.tell(e); err != nil {
			return "", err
		}
	}
	return v.ready()
}

func (v *env) lose(c *command) (string, error) {
	e := scheduler.ExecutorLost{
		CausedByApp: c.flag("app"), OutputsLost: c.flag("outputs"), Reason: c.text("reason", "gone"),
	}
	var err error
	if e.Executor, err = c.executor(); err != nil {
		return "", err
	}
	delete(v.running, e.Executor)
	return v.step(e)
}

func (v *env) decommission(c *command) (string, error) {
	x, err := c.executor()
	if err != nil {
		return "", err
	}
	return v.step(scheduler.ExecutorDecommissioning{Executor: x})
}

func (v *env) loseHost(c *command) (string, error) {
	if len(c.words) != 1 {
		return "", fmt.Errorf("lose-host wants one host such as h1")
	}
	return v.step(scheduler.OutputsLostOnHost{Host: c.words[0], Reason: c.text("reason", "gone")})
}

func (v *env) cancel(c *command) (string, error) {
	n, err := c.number("job", 0)
	if err != nil {
		return "", err
	}
	return v.step(scheduler.JobCancelled{Job: dag.JobID(n), Reason: c.text("reason", "as asked")})
}

func (v *env) commit(c *command) (string, error) {
	tasks, err := c.tasks()
	if err != nil || len(tasks) != 1 {
		return "", fmt.Errorf("commit wants one task such as 3.7/2")
	}
	tasks[0].Attempt = max(tasks[0].Attempt, 0)
	return v.step(scheduler.CommitAsked{Task: tasks[0]})
}

func (v *env) advance(c *command) (string, error) {
	d, err := c.duration("by", 0)
	if err != nil {
		return "", err
	}
	if c.flag("awake") {
		return v.awake(v.now + d)
	}
	v.now += d
	return v.step(scheduler.Tick{})
}

// awake sends a Tick whenever it was asked for.
func (v *env) awake(end time.Duration) (string, error) {
	var b strings.Builder
	for v.wake > v.now && v.wake < end {
		v.now = v.wake
		if err := v.tickAt(&b); err != nil {
			return "", err
		}
	}
	v.now = end
	err := v.tickAt(&b)
	return b.String(), err
}

func (v *env) tickAt(b *strings.Builder) error {
	out, err := v.step(scheduler.Tick{})
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "wake ") {
			fmt.Fprintf(b, "%s: %s", v.now, line)
		}
	}
	return err
}

func (v *env) dropShuffle(c *command) (string, error) {
	n, err := c.number("shuffle", 0)
	if err != nil {
		return "", err
	}
	return v.step(scheduler.ShuffleDropped{Shuffle: dag.ShuffleID(n)})
}
