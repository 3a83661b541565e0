package dynalloc

import "time"

// timer says when to look at an executor. Each has one entry at most, which stays where it is while
// the executor works and rests again: what it says is checked when its time has come.
type timer struct {
	due      time.Duration
	executor Executor
}

// timers is a heap, the earliest first and of equal ones the lowest executor.
type timers []timer

func (t timer) before(u timer) bool {
	return t.due < u.due || t.due == u.due && t.executor < u.executor
}

func (t *timers) push(e timer) {
	h := append(*t, e)
	for at := len(h) - 1; at > 0; {
		parent := (at - 1) / 2
		if !h[at].before(h[parent]) {
			break
		}
		h[at], h[parent] = h[parent], h[at]
		at = parent
	}
	*t = h
}

func (t *timers) pop() timer {
	h := *t
	first, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for at := 0; 2*at+1 < len(h); {
		child := 2*at + 1
		if r := child + 1; r < len(h) && h[r].before(h[child]) {
			child = r
		}
		if !h[child].before(h[at]) {
			break
		}
		h[at], h[child] = h[child], h[at]
		at = child
	}
	*t = h
	return first
}
