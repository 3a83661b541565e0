package shuffle

import (
	"sync"
	"time"
)

// seldom lets one message through in a period, and counts those that it keeps back: strangers must
// not be able to fill a log.
type seldom struct {
	period time.Duration
	mu     struct {
		sync.Mutex
		last time.Time
		kept int
	}
}

// pass reports whether a message may be written now, and how many were not since the one before.
func (s *seldom) pass(now time.Time) (kept int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mu.last.IsZero() && now.Sub(s.mu.last) < s.period {
		s.mu.kept++
		return 0, false
	}
	kept, s.mu.kept, s.mu.last = s.mu.kept, 0, now
	return kept, true
}
