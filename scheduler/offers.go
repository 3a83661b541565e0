package scheduler

import (
	"cmp"
	"slices"

	"github.com/weft-data/weft/scheduler/pool"
)

// offers matches executors with room to stages with pending tasks. A pass costs what it
// launches: executors that were refused before are not asked again until something changes
// for the stage (delay.fresh) or for them (dirty).
type offers struct {
	open     int     // entries of the profiles' heaps of executors with room
	dirty    []int32 // executors that gained room since the last pass
	launches []launching
	scratch  []int32
	turn     turn // the one under way in mode FIFO
}

// launching is what an executor will be sent of one stage, while an offer is under way.
type launching struct {
	LaunchTasks
	stage    *stage
	executor int32
	grants   int // tasks promised and not yet chosen
	prev     int // another stage's for the same executor, or -1
}

// offer gives the free slots away. In mode FIFO it goes through the stages in queue order; what
// one leaves over flows to the next. In mode Fair the pools take turns (round.go).
func (m *Machine) offer() {
	o := &m.offers
	m.sortByLoad(o.dirty)
	if m.conf.Mode == pool.Fair {
		m.offerFair()
	} else {
		m.offerFIFO()
	}
	for _, x := range o.dirty {
		m.cluster.executors[x].dirty = false
		m.atRest(x)
	}
	o.dirty = o.dirty[:0]
}

func (m *Machine) offerFIFO() {
	o := &m.offers
	for i := 0; i < len(m.queue) && (o.open > 0 || len(o.dirty) > 0); {
		s := m.queue[i]
		m.offerStage(s)
		if s.demand() == 0 {
			m.dequeue(s)
			continue
		}
		i++
	}
}

func (m *Machine) offerStage(s *stage) {
	switch {
	case s.pending.n == 0: // only copies are wanted
	case s.plain():
		m.fill(s)
	default:
		m.placeNear(s)
	}
	m.placeCopies(s)
	m.topUp(s)
	if m.released(s) {
		m.placeNear(s)
	}
	m.flushLaunches()
}

// fill spreads tasks without preference over the free slots. Executors take turns, the least
// loaded first; each then gets its share as neighbouring partitions, so that it travels as
// one range.
func (m *Machine) fill(s *stage) {
	o := &m.offers
	order := o.scratch[:0]
	free := &s.profile.free
	for n := s.pending.n; n > 0 && len(free.list) > 0; n-- {
		x := free.list[0]
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
		m.atWork(x)
		e.short, e.others = s, 0
	}
	if e.short != s {
		e.others++
	}
	if e.room(s.profile) {
		m.fair.occupy(s, 1)
		e.take(s.profile, 1)
	} else {
		e.queued++
	}
	e.load++
	m.watchQueue(x)
	m.fix(x)
}

// launch starts a run and adds it to what the executor is sent. Its slot is reserved.
func (m *Machine) launch(s *stage, index, x int32, at Locality) {
	m.launchAs(s, index, x, at, false)
}

func (m *Machine) launchAs(s *stage, index, x int32, at Locality, twin bool) {
	attempt := s.parts.attempts[index]
	if twin {
		m.startCopy(s, index, x, at)
	} else {
		m.startRun(s, index, x, at)
	}
	ranges := &m.launching(s, x).Ranges
	p := s.partition(index)
	if n := len(*ranges); n > 0 {
		if last := &(*ranges)[n-1]; last.extends(p, attempt, at) && last.Copy == twin {
			last.Count++
			return
		}
	}
	*ranges = append(*ranges, TaskRange{
		First: p, Count: 1, Attempt: attempt, Locality: at, Copy: twin,
	})
}

// launching finds or begins what an executor is sent of a stage.
func (m *Machine) launching(s *stage, x int32) *launching {
	e, o := &m.cluster.executors[x], &m.offers
	for i := e.launch; i >= 0; i = o.launches[i].prev {
		if o.launches[i].stage == s {
			return &o.launches[i]
		}
	}
	o.launches = append(o.launches, launching{
		LaunchTasks: LaunchTasks{Executor: e.id, Stage: s.spec.ID, StageAttempt: s.attempt},
		stage:       s, executor: x, prev: e.launch,
	})
	e.launch = len(o.launches) - 1
	return &o.launches[e.launch]
}

// extends says whether a partition continues the range.
func (r *TaskRange) extends(p, attempt int32, at Locality) bool {
	return r.First+r.Count == p && r.Attempt == attempt && r.Locality == at
}

// flushLaunches hands out what a stage's turn gave to each executor, in order of first grant.
func (m *Machine) flushLaunches() {
	o := &m.offers
	for i := range o.launches {
		m.cluster.executors[o.launches[i].executor].launch = -1
		m.emit(o.launches[i].LaunchTasks)
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
