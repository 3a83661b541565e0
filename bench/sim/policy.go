package main

import (
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

// adaptive lets each stage wait for a near host as long as one takes to have a free slot.
func adaptive(w *workload) scheduler.Config {
	c := with(pool.Fair, 3*time.Second)(w)
	c.AdaptiveWait = true
	return c
}
