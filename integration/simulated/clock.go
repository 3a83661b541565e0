package simulated

import (
	"container/heap"
	"time"
)

// clock is virtual time and what is to happen. Two timers never share an instant: a tie would be
// broken by the order in which they were set, and a small change of the model would then
// reorder events that have nothing to do with it.
type clock struct {
	now    time.Duration
	timers timers
	taken  map[time.Duration]bool
}

type timer struct {
	at time.Duration
	do func()
}

func newClock() clock { return clock{taken: make(map[time.Duration]bool)} }

// at sets a timer. An instant that is taken, or not in the future, moves to the next free one.
func (c *clock) at(t time.Duration, do func()) time.Duration {
	t = max(t, c.now+1)
	for c.taken[t] {
		t++
	}
	c.taken[t] = true
	heap.Push(&c.timers, timer{t, do})
	return t
}

func (c *clock) after(d time.Duration, do func()) { c.at(c.now+d, do) }

// step lets the next timer fire.
func (c *clock) step() bool {
	if len(c.timers) == 0 {
		return false
	}
	t := heap.Pop(&c.timers).(timer)
	delete(c.taken, t.at)
	c.now = t.at
	t.do()
	return true
}

// timers is a heap by instant.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at < t[j].at }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }

// Push adds a timer, for package heap.
func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

// Pop takes the last one, for package heap.
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	old[len(old)-1] = timer{}
	*t = old[:len(old)-1]
	return last
}
