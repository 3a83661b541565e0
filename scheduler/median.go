package scheduler

import "time"

// median keeps durations so that the middle one is at hand: the lower half in a heap with its
// largest on top, the upper half in one with its smallest. With an even number it is the upper of
// the two in the middle.
type median struct {
	low  minHeap // negated; Invariant: low is as long as high, or one shorter
	high minHeap
}

func (m *median) add(d time.Duration) {
	m.low.push(-d)
	m.high.push(-m.low.pop())
	if len(m.high) > len(m.low)+1 {
		m.low.push(-m.high.pop())
	}
}

func (m *median) len() int { return len(m.low) + len(m.high) }

// value is the median of at least one duration.
func (m *median) value() time.Duration { return m.high[0] }

type minHeap []time.Duration

func (h *minHeap) push(d time.Duration) {
	list := append(*h, d)
	i := len(list) - 1
	for i > 0 && d < list[(i-1)/2] {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = d
	*h = list
}

func (h *minHeap) pop() time.Duration {
	list := *h
	top, last := list[0], list[len(list)-1]
	list = list[:len(list)-1]
	*h = list
	i := 0
	for child := 1; child < len(list); child = 2*i + 1 {
		if r := child + 1; r < len(list) && list[r] < list[child] {
			child = r
		}
		if list[child] >= last {
			break
		}
		list[i] = list[child]
		i = child
	}
	if len(list) > 0 {
		list[i] = last
	}
	return top
}
