package scheduler

// placeNear offers a stage with preferences: nearest level first, at each level one task to
// each executor in turn until none takes one.
func (m *Machine) placeNear(s *stage) {
	candidates := m.candidates(s)
	nearest, launched := Any, false
	for _, at := range [...]Locality{Process, Node, NoPref, Rack, Any} {
		if at != NoPref && m.allowed(s) < at {
			continue
		}
		for again := true; again && s.pending.n > 0; {
			candidates, again = m.pass(s, candidates, at, &nearest)
			launched = launched || again
		}
	}
	m.judge(s, launched, nearest, len(candidates) > 0)
}

// candidates are the executors worth asking, in order: all free ones if the stage's side
// changed, else those that gained room.
func (m *Machine) candidates(s *stage) []int32 {
	o := &m.offers
	list := o.scratch[:0]
	d := &s.delay
	if allowed := m.allowed(s); d.fresh || allowed != d.offered {
		d.fresh, d.refused, d.offered = false, false, allowed
		list = append(list, o.free...)
	} else {
		for _, x := range o.dirty {
			if e := &m.cluster.executors[x]; e.alive && e.load < e.slots {
				list = append(list, x)
			}
		}
	}
	m.sortByLoad(list)
	o.scratch = list
	return list
}

// pass offers one slot of each candidate at one level. It gives back the candidates that
// still have room, and whether anything was launched.
func (m *Machine) pass(s *stage, list []int32, at Locality, nearest *Locality) ([]int32, bool) {
	left, launched := list[:0], false
	for _, x := range list {
		if m.placeOne(s, x, at, nearest) {
			launched = true
		}
		if e := &m.cluster.executors[x]; e.load < e.slots {
			left = append(left, x)
		}
	}
	return left, launched
}

// placeOne launches one task on an executor if one is near enough.
func (m *Machine) placeOne(s *stage, x int32, at Locality, nearest *Locality) bool {
	index, found := m.take(s, x, at)
	if index == none {
		return false
	}
	m.reserve(s, x)
	m.launch(s, index, x, found)
	*nearest = min(*nearest, found)
	return true
}

// take removes the nearest pending task for an executor, at most as far as the given level.
func (m *Machine) take(s *stage, x int32, at Locality) (int32, Locality) {
	if s.pending.n == 0 {
		return none, Any
	}
	e := &m.cluster.executors[x]
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
func (m *Machine) judge(s *stage, launched bool, nearest Locality, room bool) {
	d := &s.delay
	if room && s.pending.n > 0 {
		d.refused = true
	}
	if launched && !d.refused {
		d.launchedAt(nearest, m.now)
		d.offered = m.allowed(s)
	}
}
