package scheduler

import "slices"

// turn is a stage's way through the executors with room: nearest level first, at each level one
// task to each executor in turn until none takes one. It can be left after any task and
// gone on with, so that pools can take turns task by task.
type turn struct {
	stage    *stage
	list     []int32 // executors that had room, in order
	next     int     // of list: who is asked next in this pass
	kept     int     // of list: those that were asked in this pass and still have room
	level    int     // of levels
	again    bool    // this pass launched something, so another one at this level follows
	launched bool
	nearest  Locality
}

var levels = [...]Locality{Process, Node, NoPref, Rack, Any}

// placeNear offers a stage with preferences all it can take.
func (m *Machine) placeNear(s *stage) {
	t := &m.offers.turn
	m.begin(t, s)
	for m.advance(t) || m.resume(t) {
		continue
	}
	m.judge(t)
}

// resume begins again if tasks may go farther away now than at the turn's beginning: its last
// near task was launched, so the others wait for nothing, and executors that were
// refused before must be asked.
func (m *Machine) resume(t *turn) bool {
	if !m.released(t.stage) {
		return false
	}
	m.judge(t)
	m.begin(t, t.stage)
	return true
}

// released says that executors that were refused may be near enough now: the last task that was
// worth waiting for was launched, or queued.
func (m *Machine) released(s *stage) bool {
	return s.pending.n > 0 && len(s.profile.free.list) > 0 && !s.plain() &&
		m.allowed(s) != s.delay.offered
}

func (m *Machine) begin(t *turn, s *stage) {
	*t = turn{stage: s, list: m.candidates(s, t.list[:0]), nearest: Any}
}

// advance launches one task, or says that nobody takes one any more, or that tasks may go farther
// away by now than at the turn's beginning: then executors must be asked that are not in it.
func (m *Machine) advance(t *turn) bool {
	s := t.stage
	for ; t.level < len(levels) && s.pending.n > 0; t.level++ {
		at := levels[t.level]
		if m.allowed(s) != s.delay.offered {
			return false
		}
		if at != NoPref && s.delay.offered < at {
			continue
		}
		for again := true; again; again = m.nextPass(t) {
			if m.pass(t, at) {
				return true
			}
		}
	}
	return false
}

// pass asks executors until one takes a task.
func (m *Machine) pass(t *turn, at Locality) bool {
	for t.next < len(t.list) {
		x := t.list[t.next]
		t.next++
		e := &m.cluster.executors[x]
		took := e.room(t.stage.profile) && m.placeOne(t, x, at)
		if e.room(t.stage.profile) {
			t.list[t.kept] = x
			t.kept++
		}
		if took {
			t.again, t.launched = true, true
			return true
		}
	}
	return false
}

// nextPass goes back to the first executor with room, if the last pass was worth it.
func (m *Machine) nextPass(t *turn) bool {
	again := t.again && t.stage.pending.n > 0
	t.list, t.next, t.kept, t.again = t.list[:t.kept], 0, 0, false
	return again
}

// candidates are the executors worth asking, in order: all free ones if the stage's side
// changed, else those that gained room.
func (m *Machine) candidates(s *stage, list []int32) []int32 {
	o := &m.offers
	d := &s.delay
	if allowed := m.allowed(s); d.fresh || allowed != d.offered {
		d.fresh, d.refused, d.offered = false, false, allowed
		list = append(list, s.profile.free.list...)
	} else {
		for _, x := range o.dirty {
			if s.profile.free.holds(x) {
				list = append(list, x)
			}
		}
	}
	if s.excl != nil {
		list = slices.DeleteFunc(list, func(x int32) bool { return m.refuses(s, x) })
	}
	slices.SortFunc(list, s.profile.free.compare)
	return list
}

// placeOne launches one task on an executor if one is near enough.
func (m *Machine) placeOne(t *turn, x int32, at Locality) bool {
	s := t.stage
	index, found := m.take(s, x, at)
	if index == none {
		return false
	}
	m.reserve(s, x)
	m.launch(s, index, x, found)
	t.nearest = min(t.nearest, found)
	return true
}

// take removes the nearest pending task for an executor, at most as far as the given level.
func (m *Machine) take(s *stage, x int32, at Locality) (int32, Locality) {
	if s.pending.n == 0 {
		return none, Any
	}
	e := &m.cluster.executors[x]
	if s.excl != nil {
		return m.takeAllowed(s, x, at)
	}
	return m.takeNearest(s, e, x, at)
}

// takeAllowed leaves out the tasks that are kept from the executor.
func (m *Machine) takeAllowed(s *stage, x int32, at Locality) (int32, Locality) {
	s.excl.asked, s.excl.askedHost = x, m.cluster.executors[x].host
	index, found := m.takeNearest(s, &m.cluster.executors[x], x, at)
	s.excl.asked = none
	return index, found
}

func (m *Machine) takeNearest(s *stage, e *executor, x int32, at Locality) (int32, Locality) {
	if i := s.pending.near[nearProcess].take(s, x); i != none {
		return i, Process
	}
	if at >= Node {
		if i := s.pending.near[nearNode].take(s, e.host); i != none {
			return i, Node
		}
	}
	if at >= NoPref {
		if i := s.takeFree(); i != none {
			return i, NoPref
		}
	}
	if at >= Rack {
		rack := m.cluster.hosts[e.host].rack
		if i := s.pending.near[nearRack].take(s, rack); i != none {
			return i, Rack
		}
	}
	if at >= Any {
		return s.takeFrom(&s.pending.all), Any
	}
	return none, Any
}

// judge applies the timer rule of delay scheduling: the wait starts anew only when something
// was launched and nobody was refused since all free executors were last asked.
func (m *Machine) judge(t *turn) {
	s, d := t.stage, &t.stage.delay
	if s.pending.n > 0 && m.room(t) {
		d.refused = true
	}
	if t.launched && !d.refused {
		d.launchedAt(t.nearest, m.now)
		d.offered = m.allowed(s)
	}
}

// room says whether an executor that was asked in a turn still has room.
func (m *Machine) room(t *turn) bool {
	for _, x := range t.list {
		if e := &m.cluster.executors[x]; e.room(t.stage.profile) {
			return true
		}
	}
	return false
}
