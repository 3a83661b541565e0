package scheduler

import (
	"cmp"
	"slices"
)

// offers matches executors with room to stages with pending tasks. A pass costs what it
// launches: executors that were refused before are not asked again until something changes
// for the stage (delay.fresh) or for them (dirty).
type offers struct {
	free     []int32 // heap of the executors with a free slot
	dirty    []int32 // executors that gained room since the last pass
	launches []LaunchTasks
	scratch  []int32
}

// offer goes through the stages in queue order; what one leaves over flows to the next.
func (m *Machine) offer() {
	o := &m.offers
	m.sortByLoad(o.dirty)
	for i := 0; i < len(m.queue) && (len(o.free) > 0 || len(o.dirty) > 0); {
		s := m.queue[i]
		m.offerStage(s)
		if s.pending.n == 0 {
			m.dequeue(s)
			continue
		}
		i++
	}
	for _, x := range o.dirty {
		m.cluster.executors[x].dirty = false
	}
	o.dirty = o.dirty[:0]
}

func (m *Machine) offerStage(s *stage) {
	if len(s.pending.near[nearNode].order) == 0 {
		m.fill(s)
	} else {
		m.placeNear(s)
	}
	m.topUp(s)
	m.flushLaunches()
}

// fill spreads tasks without preference over the free slots. Executors take turns, the least
// loaded first; each then gets its share as neighbouring partitions, so that it travels as
// one range.
func (m *Machine) fill(s *stage) {
	o := &m.offers
	order := o.scratch[:0]
	for n := s.pending.n; n > 0 && len(o.free) > 0; n-- {
		x := o.free[0]
		e := &m.cluster.executors[x]
		if e.granted == 0 {
			order = append(order, x)
		}
		e.granted++
		m.reserve(s, x)
	}
	for _, x := range order {
		e := &m.cluster.executors[x]
		for ; e.granted > 0; e.granted-- {
			m.launch(s, s.takeFree(), x, NoPref)
		}
	}
	o.scratch = order
}

// reserve counts a slot of an executor as taken by a stage's task.
func (m *Machine) reserve(s *stage, x int32) {
	e := &m.cluster.executors[x]
	if e.load == 0 {
		e.short, e.others = s, 0
	}
	if e.short != s {
		e.others++
	}
	e.load++
	m.offers.fix(&m.cluster, x)
}

// launch starts a run and adds it to what the executor is sent. Its slot is reserved.
func (m *Machine) launch(s *stage, index, x int32, at Locality) {
	attempt := s.parts.attempts[index]
	m.startRun(s, index, x)
	e := &m.cluster.executors[x]
	o := &m.offers
	if e.launch < 0 {
		e.launch = len(o.launches)
		o.launches = append(o.launches, LaunchTasks{
			Executor: e.id, Stage: s.spec.ID, StageAttempt: s.attempt,
		})
	}
	ranges := &o.launches[e.launch].Ranges
	p := s.partition(index)
	if n := len(*ranges); n > 0 {
		if last := &(*ranges)[n-1]; last.extends(p, attempt, at) {
			last.Count++
			return
		}
	}
	*ranges = append(*ranges, TaskRange{First: p, Count: 1, Attempt: attempt, Locality: at})
}

// extends says whether a partition continues the range.
func (r *TaskRange) extends(p, attempt int32, at Locality) bool {
	return r.First+r.Count == p && r.Attempt == attempt && r.Locality == at
}

// flushLaunches hands out what a stage's turn gave to each executor, in order of first grant.
func (m *Machine) flushLaunches() {
	o := &m.offers
	for i := range o.launches {
		m.cluster.executors[m.cluster.byID[o.launches[i].Executor]].launch = -1
		m.emit(o.launches[i])
	}
	clear(o.launches)
	o.launches = o.launches[:0]
}

// sortByLoad puts executors in the order in which they are offered tasks.
func (m *Machine) sortByLoad(list []int32) {
	slices.SortFunc(list, func(a, b int32) int {
		x, y := &m.cluster.executors[a], &m.cluster.executors[b]
		return cmp.Or(cmp.Compare(x.load, y.load), cmp.Compare(x.id, y.id))
	})
}
