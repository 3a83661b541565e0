package scheduler

// The executors with a free slot, least loaded first and then by id, as a heap in which every
// executor knows its place.

func (o *offers) less(c *cluster, a, b int32) bool {
	x, y := &c.executors[a], &c.executors[b]
	if x.load != y.load {
		return x.load < y.load
	}
	return x.id < y.id
}

func (o *offers) set(c *cluster, at int, x int32) {
	o.free[at] = x
	c.executors[x].heapAt = at
}

// fix puts an executor in its place after its load changed: into the heap, out of it, or
// elsewhere in it.
func (o *offers) fix(c *cluster, x int32) {
	e := &c.executors[x]
	if !e.offered() || e.load >= e.slots {
		o.remove(c, x)
		return
	}
	if e.heapAt < 0 {
		o.free = append(o.free, x)
		e.heapAt = len(o.free) - 1
	}
	o.up(c, e.heapAt)
	o.down(c, e.heapAt)
}

func (o *offers) remove(c *cluster, x int32) {
	at := c.executors[x].heapAt
	if at < 0 {
		return
	}
	c.executors[x].heapAt = -1
	last := o.free[len(o.free)-1]
	o.free = o.free[:len(o.free)-1]
	if last == x {
		return
	}
	o.set(c, at, last)
	o.up(c, at)
	o.down(c, c.executors[last].heapAt)
}

func (o *offers) up(c *cluster, at int) {
	x := o.free[at]
	for at > 0 {
		parent := (at - 1) / 2
		if !o.less(c, x, o.free[parent]) {
			break
		}
		o.set(c, at, o.free[parent])
		at = parent
	}
	o.set(c, at, x)
}

func (o *offers) down(c *cluster, at int) {
	x := o.free[at]
	for {
		child := 2*at + 1
		if child >= len(o.free) {
			break
		}
		if r := child + 1; r < len(o.free) && o.less(c, o.free[r], o.free[child]) {
			child = r
		}
		if !o.less(c, o.free[child], x) {
			break
		}
		o.set(c, at, o.free[child])
		at = child
	}
	o.set(c, at, x)
}
