package scheduler

import "slices"

// enqueue offers a running stage's pending tasks to executors from now on.
func (m *Machine) enqueue(s *stage) {
	s.delay.fresh = true
	if s.queued || s.state != Running || s.demand() == 0 {
		return
	}
	m.exclusions.changed = true
	m.enlist(s)
}

// enlist puts a stage where offers look for it.
func (m *Machine) enlist(s *stage) {
	s.queued = true
	s.profile.pending += s.pending.n
	m.queue = insert(m.queue, s)
	m.fair.add(s)
}

func (m *Machine) dequeue(s *stage) {
	if s.queued {
		s.queued = false
		s.profile.pending -= s.pending.n
		m.queue = remove(m.queue, s)
		m.fair.drop(s)
		m.exclusions.changed = true
	}
}

func (m *Machine) wait(s *stage) {
	if s.state != Waiting {
		s.state = Waiting
		m.waiting = insert(m.waiting, s)
	}
}

func (m *Machine) unwait(s *stage) {
	if s.state == Waiting {
		s.state = Idle
		m.waiting = remove(m.waiting, s)
	}
}

// relist changes who needs a stage and with it the stage's place in the lists it is in. A stage
// that nobody needs afterwards is in none.
func (m *Machine) relist(s *stage, change func()) {
	queued, waiting := s.queued, s.state == Waiting
	m.dequeue(s)
	m.unwait(s)
	change()
	if !s.needed() {
		return
	}
	m.joinPool(s)
	if waiting {
		m.wait(s)
	}
	if queued {
		m.enlist(s)
	}
}

func insert(list []*stage, s *stage) []*stage {
	i, _ := slices.BinarySearchFunc(list, s, before)
	return slices.Insert(list, i, s)
}

func remove(list []*stage, s *stage) []*stage {
	i, _ := slices.BinarySearchFunc(list, s, before)
	return slices.Delete(list, i, i+1)
}
