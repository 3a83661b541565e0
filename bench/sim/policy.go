package main

import (
	"math"
	"time"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// policy is a row of the table: a configuration of the machine.
type policy struct {
	name   string
	config func(*workload) scheduler.Config
}

var policies = []policy{
	{"FIFO", with(pool.FIFO, -1)},
	{"FAIR", with(pool.Fair, -1)},
	{"FAIR, wait 3 s", with(pool.Fair, 3*time.Second)},
	{"FAIR, adaptive wait", adaptive},
}

// with waits equally long at each level; a negative wait is none.
func with(mode pool.Mode, wait time.Duration) func(*workload) scheduler.Config {
	return func(*workload) scheduler.Config {
		return scheduler.Config{
			Mode: mode, Wait: scheduler.Waits{Process: wait, Node: wait, Rack: wait},
		}
	}
}

// adaptive waits as long as it takes until slots at enough hosts came free: a slot comes free
// every task time / slots, and is near one of n tasks with probability n·replicas/nodes at most.
func adaptive(w *workload) scheduler.Config {
	const small = 3 // the size of a job that must find a near slot with 95 %
	perSlot := w.mapTime.Seconds() / float64(w.cluster.total())
	slots := float64(w.cluster.nodes) / replicas * math.Log(1+20.0/small)
	c := with(pool.Fair, seconds(perSlot*slots))(w)
	c.Wait.Rack = -1
	return c
}
