package scheduler

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Speculation launches copies of slow tasks. A zero field but Enabled has the reference's default,
// given beside it.
type Speculation struct {
	Enabled    bool
	Interval   time.Duration // between two looks for slow tasks; 100 ms
	Quantile   float64       // of a stage's tasks must be done before; 0.9
	Multiplier float64       // slow is longer than so many medians of the done ones; 3
	MinRuntime time.Duration // and at least so long; 100 ms
	// Threshold makes a task slow that runs so long, in stages of no more tasks than an executor
	// has slots, whose other tasks are not done or that have no others; no default.
	Threshold time.Duration

	// NoEfficiency also copies slow tasks that read records at their stage's pace (pace.go).
	NoEfficiency   bool
	RateMultiplier float64 // that is at least so much of the mean rate; 0.75
	LongRunFactor  float64 // and so many times as long as slow is too long nevertheless; 2
}

func (c *Speculation) fill() {
	fill(&c.Interval, 100*time.Millisecond)
	fill(&c.Quantile, 0.9)
	fill(&c.Multiplier, 3)
	fill(&c.MinRuntime, 100*time.Millisecond)
	fill(&c.RateMultiplier, 0.75)
	fill(&c.LongRunFactor, 2)
}

func (c *Speculation) validate() error {
	switch {
	case c.Interval <= 0 || c.MinRuntime < 0 || c.Threshold < 0:
		return fmt.Errorf("scheduler: speculation every %s, of tasks from %s or %s, want no "+
			"negative times", c.Interval, c.MinRuntime, c.Threshold)
	case !(c.Quantile > 0 && c.Quantile <= 1):
		return fmt.Errorf("scheduler: speculation after %v of the tasks, want above 0 to 1", c.Quantile)
	case !(c.Multiplier >= 1 && c.Multiplier <= 1e6):
		return fmt.Errorf("scheduler: speculation beyond %v medians, want at least 1", c.Multiplier)
	case !(c.RateMultiplier > 0 && c.RateMultiplier <= 1e6):
		return fmt.Errorf("scheduler: a task is efficient at %v of the mean rate, want more than 0",
			c.RateMultiplier)
	case !(c.LongRunFactor >= 1 && c.LongRunFactor <= 1e6):
		return fmt.Errorf("scheduler: a task runs long after %v times what is slow, want at least 1",
			c.LongRunFactor)
	}
	return nil
}

// slow is the machine's search for slow tasks. A stage is looked at while it runs; its oldest
// runs come first, so that a look costs what it finds.
type slow struct {
	watched []*stage
	next    time.Duration // no look before
	due     time.Duration // when the next task becomes slow if nothing else happens, or 0
	changed bool          // tasks began or ended since the last look, so due is out of date
}

// watch looks after a stage that starts, unless it has one task and nothing to compare it with.
func (m *Machine) watch(s *stage) {
	c := &m.conf.Speculation
	if !c.Enabled || s.watched || s.spec.Computed() < 2 && c.Threshold == 0 {
		return
	}
	s.watched = true
	m.slow.watched = append(m.slow.watched, s)
}

// lookForSlow asks for copies of the tasks that are slow by now.
func (m *Machine) lookForSlow() {
	l := &m.slow
	if len(l.watched) == 0 || m.now < l.next || !l.changed && (l.due == 0 || m.now < l.due) {
		return
	}
	l.next, l.due, l.changed = m.now+m.conf.Speculation.Interval, 0, false
	l.watched = slices.DeleteFunc(l.watched, func(s *stage) bool {
		s.watched = s.state == Running
		return !s.watched
	})
	for _, s := range l.watched {
		if after, ok := m.slowAfter(s); ok {
			m.lookAt(s, after)
		}
	}
}

// slowAfter is how long a task of the stage may run without being slow.
func (m *Machine) slowAfter(s *stage) (time.Duration, bool) {
	c := &m.conf.Speculation
	switch {
	case m.comparable(s):
		return max(scale(s.times.value(), c.Multiplier), c.MinRuntime), true
	case c.Threshold > 0 && s.spec.Computed() <= s.profile.widest:
		return c.Threshold, true
	}
	return 0, false
}

// comparable says whether enough tasks of a stage are done to compare the others with.
func (m *Machine) comparable(s *stage) bool {
	n := s.spec.Computed()
	enough := max(int(m.conf.Speculation.Quantile*float64(n)), 1)
	return n > 1 && s.done >= enough && s.times.len() > 0
}

// scale multiplies, up to what can be added to a time.
func scale(d time.Duration, by float64) time.Duration {
	return time.Duration(min(float64(d)*by, math.MaxInt64/4))
}

// lookAt goes through a stage's runs from the oldest to the first that is not slow.
func (m *Machine) lookAt(s *stage, after time.Duration) {
	for r := s.lastRun; r != none; r = m.runs.table[r].prevOfStage {
		u := &m.runs.table[r]
		if m.now-u.at < after {
			m.slow.due = earlier(m.slow.due, u.at+after)
			return
		}
		if _, twin := s.twins[u.index]; twin || u.killed || u.wanted {
			continue
		}
		if longRun, ok := m.efficient(u, after); ok {
			m.slow.due = earlier(m.slow.due, u.at+longRun)
			continue
		}
		u.wanted = true
		s.copies = append(s.copies, u.index)
		m.enqueue(s)
	}
}

// slowWake is when to look again.
func (m *Machine) slowWake() time.Duration {
	l := &m.slow
	after := m.soonestSlow()
	switch {
	case after == 0:
		return 0
	case l.changed && l.next > m.now:
		return l.next
	case l.changed: // by launches only, since the event was looked at
		return earlier(l.due, m.now+after)
	case l.due == 0:
		return 0
	}
	return max(l.next, l.due)
}

// soonestSlow is how old a task must be at least to be slow, or 0 where none can be: no watched
// stage has enough done. What makes it possible then is an event.
func (m *Machine) soonestSlow() (soonest time.Duration) {
	for _, s := range m.slow.watched {
		after, ok := m.slowAfter(s)
		if ok && s.state == Running && s.live > len(s.twins) {
			soonest = earlier(soonest, after)
		}
	}
	return soonest
}

// earlier is the smaller of two times of which 0 is none.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
