package scheduler

import "slices"

// The levels that partitions have buckets for, as indexes of pending.near.
const (
	nearProcess = iota
	nearNode
	nearRack
)

// nearOf is the index of a level that has buckets.
func nearOf(l Locality) (int, bool) {
	switch l {
	case Process:
		return nearProcess, true
	case Node:
		return nearNode, true
	case Rack:
		return nearRack, true
	}
	return 0, false
}

// level holds the buckets of one locality level: by executor, by host or by rack.
type level struct {
	buckets map[int32]*bucket
	// active are the buckets that may have waiting tasks and a living executor. Dead and
	// empty ones are dropped when they come to the end of the list; new work and new
	// executors bring them back. Asking whether a level is possible is so free of scans.
	active []*bucket
	order  []*bucket // all, in order of creation
}

type bucket struct {
	key    int32
	tasks  []int32
	active bool
}

func (l *level) push(key, index int32) {
	b := l.buckets[key]
	if b == nil {
		if l.buckets == nil {
			l.buckets = make(map[int32]*bucket)
		}
		b = &bucket{key: key}
		l.buckets[key] = b
		l.order = append(l.order, b)
	}
	b.tasks = append(b.tasks, index)
	l.activate(b)
}

func (l *level) activate(b *bucket) {
	if !b.active {
		b.active = true
		l.active = append(l.active, b)
	}
}

// waiting says whether a living executor could get a task at this level.
func (l *level) waiting(s *stage, alive func(key int32) bool) bool {
	for len(l.active) > 0 {
		b := l.active[len(l.active)-1]
		if alive(b.key) && s.prune(&b.tasks) {
			return true
		}
		b.active = false
		l.active = l.active[:len(l.active)-1]
	}
	return false
}

// take gives a pending partition of the bucket, or none.
func (l *level) take(s *stage, key int32) int32 {
	b := l.buckets[key]
	if b == nil {
		return none
	}
	return s.takeFrom(&b.tasks)
}

// prune drops what is not pending from the top of a stack and says whether anything is left.
func (s *stage) prune(stack *[]int32) bool {
	t := *stack
	for len(t) > 0 && s.parts.state[t[len(t)-1]] != partPending {
		t = t[:len(t)-1]
	}
	*stack = t
	return len(t) > 0
}

// takeFrom takes the top of a stack. Tasks that are kept from the executor that is asked stay.
func (s *stage) takeFrom(stack *[]int32) int32 {
	var aside []int32
	index := none
	for index == none && s.prune(stack) {
		t := *stack
		top := t[len(t)-1]
		*stack = t[:len(t)-1]
		if s.excl != nil && s.excl.keeps(top) {
			aside = append(aside, top)
			continue
		}
		index = top
	}
	for _, kept := range slices.Backward(aside) {
		*stack = append(*stack, kept)
	}
	return index
}

// activateAll brings back every bucket, for a stage that starts again.
func (m *Machine) activateAll(s *stage) {
	for i := range s.pending.near {
		l := &s.pending.near[i]
		for _, b := range l.order {
			l.activate(b)
		}
	}
}

// activateFor brings back the buckets that a new executor serves.
func (m *Machine) activateFor(s *stage, x int32) {
	e := &m.cluster.executors[x]
	rack := m.cluster.hosts[e.host].rack
	for near, key := range [3]int32{x, e.host, rack} {
		l := &s.pending.near[near]
		if b := l.buckets[key]; b != nil {
			l.activate(b)
		}
	}
}
