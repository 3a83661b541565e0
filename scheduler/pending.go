package scheduler

import "slices"

// pending holds the partitions of a stage that wait for an executor. It lives as long as the
// stage: whatever is not computed and not running waits here, so that a new attempt of the
// stage knows its missing partitions without looking for them.
//
// A partition without preference is in free. One with preferences is in all and in a bucket
// for each executor, host and rack that it prefers. It is taken out of the one stack it is
// launched from; the others drop it when it comes to their top and is not pending (prune).
// That makes every operation cost what it moves, never the number of partitions. Preferences
// may change between two tries of a partition, so free too may hold what was launched.
type pending struct {
	n    int // partitions waiting. Invariant: the number of partPending states
	free spans
	all  []int32
	near [3]level // Process, Node, Rack
}

// span is a run of neighbouring indexes.
type span struct{ first, count int32 }

// spans is a stack of spans; the lowest index of the top one is taken first.
type spans []span

// push puts an index on top. It joins a neighbouring span there, so that tasks that come back
// together go out together.
func (s *spans) push(index int32) {
	if n := len(*s); n > 0 {
		top := &(*s)[n-1]
		switch index {
		case top.first - 1:
			top.first--
			top.count++
			return
		case top.first + top.count:
			top.count++
			return
		}
	}
	*s = append(*s, span{index, 1})
}

func (s *spans) pop() int32 {
	top := &(*s)[len(*s)-1]
	index := top.first
	top.first++
	top.count--
	if top.count == 0 {
		*s = (*s)[:len(*s)-1]
	}
	return index
}

// takeFree removes the next pending partition without preference, or gives none.
func (s *stage) takeFree() int32 {
	var aside []int32
	index := none
	for index == none && len(s.pending.free) > 0 {
		i := s.pending.free.pop()
		switch {
		case s.parts.state[i] != partPending:
		case s.excl != nil && s.excl.keeps(i):
			aside = append(aside, i)
		default:
			index = i
		}
	}
	for _, kept := range slices.Backward(aside) {
		s.pending.free.push(kept)
	}
	return index
}

// fillPending puts all partitions of a stage that never ran in their places.
func (m *Machine) fillPending(s *stage) {
	n := int32(s.spec.Computed())
	s.pending.n = int(n)
	if n == 0 {
		return
	}
	if s.spec.Prefs.None() && s.heavy.none() && len(s.spec.Cached) == 0 {
		s.pending.free = spans{{0, n}}
		return
	}
	// Stacks give out last what comes first.
	for i := n - 1; i >= 0; i-- {
		m.place(s, i)
	}
}

// refillPending puts what is pending in its places anew: where its input is has changed. Only
// stages that read small shuffles are filled again (sizes.go), so that it costs little.
func (m *Machine) refillPending(s *stage) {
	s.pending = pending{n: s.pending.n}
	for i := int32(s.spec.Computed()) - 1; i >= 0; i-- {
		if s.parts.state[i] == partPending {
			m.place(s, i)
		}
	}
}

// requeue puts a partition back after it was launched or computed. It goes to the top of its
// stacks: the first to be launched is what was wanted first.
func (m *Machine) requeue(s *stage, index int32) {
	s.parts.state[index] = partPending
	s.parts.where[index] = none
	s.pending.n++
	if s.queued {
		s.profile.pending++
	}
	m.place(s, index)
	m.enqueue(s)
}

// place pushes a pending partition onto the stacks of its preferences: where a block is
// cached, or else on the input's hosts.
func (m *Machine) place(s *stage, index int32) {
	if m.placeCached(s, index) || m.placeHosts(s, index) {
		s.pending.all = append(s.pending.all, index)
		return
	}
	s.pending.free.push(index)
}

func (m *Machine) placeCached(s *stage, index int32) bool {
	p := s.partition(index)
	for _, id := range s.spec.Cached {
		holders := m.blocks[id].holders(p)
		for _, x := range holders {
			host := m.cluster.executors[x].host
			s.pending.near[nearProcess].push(x, index)
			s.pending.near[nearNode].push(host, index)
		}
		if len(holders) > 0 {
			return true
		}
	}
	return false
}

func (m *Machine) placeHosts(s *stage, index int32) bool {
	row := m.preferred(s, index)
	rack := none
	for _, host := range row {
		s.pending.near[nearNode].push(host, index)
		if r := m.cluster.hosts[host].rack; r != none && r != rack {
			s.pending.near[nearRack].push(r, index)
			rack = r
		}
	}
	return len(row) > 0
}

// preferred are the hosts of a partition's input: where its blocks are stored, or else those that
// hold much of its shuffled input. The slice is good until the next call.
func (m *Machine) preferred(s *stage, index int32) []int32 {
	prefs := &s.spec.Prefs
	row := prefs.Of(s.partition(index))
	if len(row) == 0 {
		return s.heavy.of(index)
	}
	m.row = m.row[:0]
	for _, h := range row {
		m.row = append(m.row, m.host(prefs.Hosts[h], rackName(prefs.Racks, h)))
	}
	return m.row
}

func rackName(racks []string, host int32) string {
	if racks == nil {
		return ""
	}
	return racks[host]
}
