package scheduler

import (
	"slices"

	"github.com/weft-data/weft/dag"
)

// dataset knows which executors hold blocks of a persisted dataset. A nil dataset holds none.
type dataset struct {
	parts  [][]int32 // holders by partition, in the order they reported
	filled int       // partitions with a holder
}

// cached is what an executor holds of one dataset.
type cached struct {
	id         dag.DatasetID
	of         *dataset // another one after the dataset was unpersisted and persisted again
	partitions []int32
}

func (d *dataset) holders(p int32) []int32 {
	if d == nil || int(p) >= len(d.parts) {
		return nil
	}
	return d.parts[p]
}

// covers says whether every partition that the stage computes is cached.
func (d *dataset) covers(s *dag.Stage) bool {
	if d == nil {
		return false
	}
	if s.Partitions == nil {
		return s.Tasks > 0 && d.filled >= s.Tasks
	}
	return !slices.ContainsFunc(s.Partitions, func(p int32) bool { return len(d.holders(p)) == 0 })
}

func (d *dataset) add(p, x int32) bool {
	if int(p) >= len(d.parts) {
		d.parts = append(d.parts, make([][]int32, int(p)+1-len(d.parts))...)
	}
	if slices.Contains(d.parts[p], x) {
		return false
	}
	if len(d.parts[p]) == 0 {
		d.filled++
	}
	d.parts[p] = append(d.parts[p], x)
	return true
}

func (d *dataset) remove(p, x int32) {
	at := slices.Index(d.holders(p), x)
	if at < 0 {
		return
	}
	d.parts[p] = slices.Delete(d.parts[p], at, at+1)
	if len(d.parts[p]) == 0 {
		d.filled--
	}
}

// blocksCached takes in news of a living executor. Partition numbers are checked: they come
// from outside and size an array.
func (m *Machine) blocksCached(e BlocksCached) {
	x, known := m.cluster.byID[e.Executor]
	if !known || !m.cluster.executors[x].alive {
		return
	}
	d := m.blocks[e.Dataset]
	if d == nil {
		d = &dataset{}
		m.blocks[e.Dataset] = d
	}
	c := m.cluster.executors[x].cachedOf(e.Dataset, d)
	for _, p := range e.Partitions {
		if p >= 0 && p < dag.MaxTasks && d.add(p, x) {
			c.partitions = append(c.partitions, p)
		}
	}
	m.changes.recheck = true
}

// cachedOf finds or begins the executor's list of a dataset.
func (e *executor) cachedOf(id dag.DatasetID, d *dataset) *cached {
	for i := range e.cached {
		c := &e.cached[i]
		if c.id == id && c.of != d {
			*c = cached{id: id, of: d, partitions: c.partitions[:0]}
		}
		if c.id == id {
			return c
		}
	}
	e.cached = append(e.cached, cached{id: id, of: d})
	return &e.cached[len(e.cached)-1]
}

func (m *Machine) blocksDropped(e BlocksDropped) {
	x, known := m.cluster.byID[e.Executor]
	d := m.blocks[e.Dataset]
	if !known || d == nil || !m.cluster.executors[x].alive {
		return
	}
	c := m.cluster.executors[x].cachedOf(e.Dataset, d)
	for _, p := range e.Partitions {
		d.remove(p, x)
		if at := slices.Index(c.partitions, p); at >= 0 {
			c.partitions = slices.Delete(c.partitions, at, at+1)
		}
	}
	m.letGo(x)
}

// loseBlocks forgets what a lost executor had cached.
func (m *Machine) loseBlocks(x int32) {
	for _, c := range m.cluster.executors[x].cached {
		for _, p := range c.partitions {
			c.of.remove(p, x)
		}
	}
	m.cluster.executors[x].cached = nil
}
