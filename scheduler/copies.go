package scheduler

import "slices"

// A partition has one run or, while a copy of a slow task runs, two: parts.where is one of them
// and stage.twins names the other. The first that succeeds is accepted and the other is told to
// stop. If one ends in another way the other goes on alone, and the partition does not become
// pending.

// placeCopies gives slots that are left over to copies.
func (m *Machine) placeCopies(s *stage) {
	for len(s.copies) > 0 && m.placeCopy(s) {
		continue
	}
}

// placeCopy launches the copy of one slow task, on a host that no attempt of it was on.
func (m *Machine) placeCopy(s *stage) bool {
	s.copies = slices.DeleteFunc(s.copies, func(index int32) bool { return !m.wantsCopy(s, index) })
	for i, index := range s.copies {
		x := m.hostForCopy(s, index)
		if x == none {
			continue
		}
		s.copies = slices.Delete(s.copies, i, i+1)
		at := m.nearness(s, index, x)
		m.reserve(s, x)
		m.launchAs(s, index, x, at, true)
		return true
	}
	return false
}

// wantsCopy says whether a task that was found slow still runs, and alone.
func (m *Machine) wantsCopy(s *stage, index int32) bool {
	if s.parts.state[index] != partRunning {
		return false
	}
	_, twin := s.twins[index]
	return !twin && m.runs.table[s.parts.where[index]].wanted
}

// hostForCopy is an executor with room on a host that no attempt was on. Most are, so the
// search is short.
func (m *Machine) hostForCopy(s *stage, index int32) int32 {
	for _, x := range s.profile.free.list {
		if !m.triedOn(s, index, m.cluster.executors[x].host) && !m.refuses(s, x) &&
			!m.refusesTask(s, index, x) {
			return x
		}
	}
	return none
}

// triedOn says whether an attempt of a partition runs on a host, or is known to have failed there.
func (m *Machine) triedOn(s *stage, index, host int32) bool {
	if m.runHost(s.parts.where[index]) == host {
		return true
	}
	p, name := s.partition(index), m.cluster.hosts[host].name
	return slices.ContainsFunc(s.failures, func(f TaskFailure) bool {
		return f.Task.Partition == p && f.Host == name
	})
}

func (m *Machine) runHost(r int32) int32 {
	return m.cluster.executors[m.runs.table[r].executor].host
}

// nearness is how near an executor is to a partition's input.
func (m *Machine) nearness(s *stage, index, x int32) Locality {
	p, e := s.partition(index), &m.cluster.executors[x]
	for _, id := range s.spec.Cached {
		if slices.Contains(m.blocks[id].holders(p), x) {
			return Process
		}
	}
	row := m.preferred(s, index)
	if len(row) == 0 {
		return NoPref
	}
	near := Any
	for _, host := range row {
		rack := m.cluster.hosts[host].rack
		switch {
		case host == e.host:
			return Node
		case rack != none && rack == m.cluster.hosts[e.host].rack:
			near = Rack
		}
	}
	return near
}

// startCopy adds a second run of a partition.
func (m *Machine) startCopy(s *stage, index, x int32, near Locality) {
	m.runs.table[s.parts.where[index]].wanted = false
	if s.twins == nil {
		s.twins = make(map[int32]int32)
	}
	r := m.addRun(s, index, x, near)
	m.runs.table[r].twin = true
	s.twins[index] = r
}

// again follows from a run that ended without success, or that does not count any more: the
// partition is pending, or left to the twin.
func (m *Machine) again(s *stage, index, r int32) {
	twin := m.parted(s, index, r)
	if twin == none {
		m.requeue(s, index)
		return
	}
	s.parts.where[index] = twin
	m.slow.changed = true
}

// parted forgets that a run has a twin, and gives the twin or none.
func (m *Machine) parted(s *stage, index, r int32) int32 {
	twin, ok := s.twins[index]
	if !ok {
		return none
	}
	delete(s.twins, index)
	if twin == r {
		return s.parts.where[index]
	}
	return twin
}

// computes says whether a partition is left to this run.
func (s *stage) computes(index, r int32) bool {
	if s.parts.state[index] != partRunning {
		return false
	}
	twin, ok := s.twins[index]
	return s.parts.where[index] == r || ok && twin == r
}
