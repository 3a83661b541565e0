package simulated

import "github.com/weft-data/weft/scheduler"

// place says where an output is. The machine must name nobody whose outputs went with it.
func (d *driver) place(o scheduler.Output) place {
	p := place{executor: o.Executor, attempt: o.Attempt}
	if o.Executor == scheduler.NoExecutor {
		return p
	}
	_, outlived := d.outlived[o.Executor]
	e := d.entry(o.Executor)
	p.service = outlived || e != nil && e.served
	if e == nil && !outlived {
		d.world.fail("an output is said to be on %s, which is lost with its outputs", o.Executor)
	}
	return p
}

// unserved gives up the host whose service a task could not read from, as package am does.
func (d *driver) unserved(f *scheduler.FetchFailure) {
	e := d.entry(f.Executor)
	h, outlived := d.outlived[f.Executor]
	if e != nil && e.served {
		h, outlived = e.executor.container.host, true
	}
	if !outlived {
		return // old news
	}
	if !d.world.yarn.hosts[h].service.blamed {
		d.world.fail("outputs on %s are given up, but nothing happened to them: %s",
			d.world.yarn.hosts[h].name, f.Message)
	}
	d.giveUpHost(h, f.Message)
}

// giveUpHost gives up what the service of a host had.
func (d *driver) giveUpHost(h int, reason string) {
	if d.world.options.breaks.trustsServices {
		return
	}
	kept := false
	for _, e := range d.books {
		if e != nil && e.served && e.executor.container.host == h {
			e.served, kept = d.world.options.breaks.keepsLiving, true
		}
	}
	for id, host := range d.outlived { // each for itself: the order does not matter
		if host == h {
			delete(d.outlived, id)
			kept = true
		}
	}
	if !kept {
		return
	}
	d.epoch++
	name := d.world.yarn.hosts[h].name
	if !d.world.options.breaks.secretLoss {
		d.step(scheduler.OutputsLostOnHost{Host: name, Reason: reason})
	}
	if n := d.outputs(func(x *executor) bool { return x.container.host == h }); n > 0 && !d.over {
		d.world.fail("the machine still has %d outputs on %s: %s", n, name, reason)
	}
}

// outputs counts the outputs that the machine says are with some executors.
func (d *driver) outputs(where func(*executor) bool) (n int) {
	for _, s := range d.world.program.stages {
		list, _, _ := d.machine.Outputs(s.spec.Shuffle)
		for _, o := range list {
			if o.Executor != scheduler.NoExecutor && where(d.processes[o.Executor]) {
				n++
			}
		}
	}
	return n
}

// loseExecutor tells the machine of a lost executor. What a service keeps must stay.
func (d *driver) loseExecutor(e *entry, lost scheduler.ExecutorLost) {
	broken := &d.world.options.breaks
	mine := func(x *executor) bool { return x == e.executor }
	before := d.outputs(mine)
	if e.served {
		d.outlived[lost.Executor] = e.executor.container.host
	} else {
		d.epoch++
	}
	lost.OutputsLost = (!e.served || broken.losesServed) && !broken.keepsUnserved
	d.step(lost)
	switch after := d.outputs(mine); {
	case d.over:
	case e.served && after != before:
		d.world.fail("a service keeps %d outputs of %s, the machine %d", before, lost.Executor, after)
	case !e.served && after > 0:
		d.world.fail("%s is lost with its outputs, the machine still has %d", lost.Executor, after)
	}
}
