package scheduler

import "time"

// askWake asks for the next moment at which time alone changes something.
func (m *Machine) askWake() {
	first := earlier(earlier(m.localityWake(), m.slowWake()), m.exclusionWake())
	first = earlier(earlier(first, m.allocation.wake), m.recalls.next)
	if first == 0 || first == m.wake {
		return
	}
	m.wake = first
	m.emit(WakeAt{Time: first})
}

// localityWake is when the first locality wait ends while executors are free. Without a free
// executor no wait matters: a slot that comes free brings an event.
func (m *Machine) localityWake() time.Duration {
	if m.offers.open == 0 {
		return 0
	}
	var first time.Duration
	for _, s := range m.queue {
		if len(s.profile.free.list) == 0 {
			continue
		}
		if at, ok := m.waitEnds(s); ok && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// waitEnds is when the stage may launch farther away than now.
func (m *Machine) waitEnds(s *stage) (time.Duration, bool) {
	if s.pending.n == 0 || m.allowed(s) == Any {
		return 0, false
	}
	return s.delay.since + m.waitAt(s, s.delay.level), true
}
