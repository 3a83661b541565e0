package scheduler

import "github.com/weft-data/weft/scheduler/pool"

// offerFair gives each slot to the stage that is first at that moment: the first stage of the
// first pool. A stage that finds no executor near enough is put aside until the round is
// over, and the next one has its turn. Nothing that runs is stopped for another pool: a pool
// that comes late gets what becomes free.
func (m *Machine) offerFair() {
	m.serveAll()
	if m.topUpFair() {
		m.serveAll()
	}
	m.flushLaunches()
}

func (m *Machine) serveAll() {
	f := &m.fair
	for m.offers.open > 0 && len(f.pools.list) > 0 {
		if s := f.pools.list[0].stages.list[0]; !m.serve(s) || s.demand() == s.granted {
			f.drop(s)
			f.parked = append(f.parked, s)
		}
	}
	m.launchGranted()
	m.endTurns()
	m.unpark()
}

// serve gives a stage one slot, if it wants one that is free.
func (m *Machine) serve(s *stage) bool {
	if s.plain() {
		return m.grant(s) || m.placeCopy(s)
	}
	if s.turn == nil && s.pending.n > 0 {
		s.turn = m.fair.newTurn()
		if s.pool.spec.MaxShare > 0 {
			s.delay.fresh = true // executors came free that it was not asked about
		}
		m.begin(s.turn, s)
	}
	return s.turn != nil && m.serveNear(s.turn) || m.placeCopy(s)
}

func (m *Machine) serveNear(t *turn) bool {
	for !m.advance(t) {
		if !m.resume(t) {
			return false
		}
	}
	return true
}

// plain says that any executor will do for any of the stage's tasks.
func (s *stage) plain() bool {
	return len(s.pending.near[nearNode].order) == 0 && s.excl == nil
}

// grant promises a slot of the least loaded executor. Which task it will be is left open
// until the round is over: neighbouring ones then travel as one range.
func (m *Machine) grant(s *stage) bool {
	free := s.profile.free.list
	if s.granted == s.pending.n || len(free) == 0 {
		return false
	}
	x := free[0]
	m.launching(s, x).grants++
	s.granted++
	m.reserve(s, x)
	return true
}

func (m *Machine) launchGranted() {
	for i := range m.offers.launches {
		l := &m.offers.launches[i]
		for ; l.grants > 0; l.grants-- {
			l.stage.granted--
			m.launch(l.stage, l.stage.takeFree(), l.executor, NoPref)
		}
	}
}

func (f *fair) newTurn() *turn {
	t := &turn{}
	if n := len(f.spare); n > 0 {
		t = f.spare[n-1]
		f.spare = f.spare[:n-1]
	}
	f.turns = append(f.turns, t)
	return t
}

func (m *Machine) endTurns() {
	f := &m.fair
	for _, t := range f.turns {
		m.judge(t)
		t.stage.turn = nil
	}
	f.spare = append(f.spare, f.turns...)
	f.turns = f.turns[:0]
}

// unpark brings back who was put aside and has tasks left.
func (m *Machine) unpark() {
	f := &m.fair
	for _, s := range f.parked {
		if s.demand() == 0 {
			m.dequeue(s)
		} else {
			f.add(s)
		}
	}
	clear(f.parked)
	f.parked = f.parked[:0]
}

// topUpFair queues short tasks behind those of their own stage, for stages that nobody else
// goes before. The queue is not counted as running, and a stage above its share gets none:
// its slots come free for the others. It tells whether a stage could use refused executors now.
func (m *Machine) topUpFair() (released bool) {
	for _, x := range m.offers.dirty {
		e := &m.cluster.executors[x]
		if !e.offered() || e.load == 0 {
			continue
		}
		s := m.runs.table[e.firstRun].stage
		if credit := m.credit(s); credit > 0 && s.queued && m.mayQueue(s) {
			m.topUpOne(s, x, credit, m.topUpLevel(s))
			released = released || m.released(s)
		}
	}
	return released
}

// mayQueue says whether no other stage has a better right to the next slot.
func (m *Machine) mayQueue(s *stage) bool {
	if s.pending.n < s.profile.slots {
		return false
	}
	p, first := s.pool, s.pool.stages.list[0]
	if p.spec.MaxShare > 0 && p.running > p.spec.MaxShare {
		return false
	}
	if first != s && (p.spec.Mode != pool.Fair || first.slots < s.slots) {
		return false
	}
	if len(m.fair.pools.list) == 0 {
		return true // all are at their ceilings
	}
	q := m.fair.pools.list[0]
	ours, theirs := p.spec.Claim(p.running), q.spec.Claim(q.running)
	return p == q || pool.CompareNeed(&ours, &theirs) <= 0
}
