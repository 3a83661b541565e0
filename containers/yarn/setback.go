package yarn

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/containers"
)

// The bounds of trying again. A cluster that loses one executor replaces it at once; a program
// that cannot start must not take and waste containers a hundred times a second.
const (
	firstWait  = 100 * time.Millisecond
	longest    = 15 * time.Second
	settled    = 10 * time.Second // an executor that has lived so long shows that starting works
	forgotten  = time.Minute      // after so long without a setback the count begins again
	startTries = 5                // rounds of failed starts that end the application
)

// setbacks slows asking down while executors end soon after their start. Those that end together
// count as one round.
type setbacks struct {
	rounds int       // without a pause of forgotten
	starts int       // rounds in a row in which no executor started
	until  time.Time // no new containers are asked for before
}

// add counts an executor that ended; started: it ran for a while.
func (s *setbacks) add(now time.Time, started bool) {
	if started {
		s.starts = 0
	}
	if now.Before(s.until) {
		return
	}
	if now.Sub(s.until) > forgotten {
		s.rounds, s.starts = 0, 0
	}
	if !started {
		s.starts++
	}
	s.until = now.Add(min(firstWait<<min(2*s.rounds, 16), longest))
	s.rounds++
}

// setBack takes in the end of a container. What the application or the cluster decided is no reason
// to wait, nor is the end of an executor that had settled.
func (l *loop) setBack(h *held, e containers.Completed, now time.Time) {
	switch e.Reason {
	case containers.ReasonReleased, containers.ReasonNodeLost, containers.ReasonPreempted,
		containers.ReasonNoService:
		return
	}
	if h.settled(now) {
		return
	}
	l.setbacks.add(now, e.Reason != containers.ReasonStartFailed)
	if l.setbacks.starts < startTries || l.down != nil || l.anySettled(now) {
		return
	}
	l.down = fmt.Errorf("executors cannot be started, last in %s: %s", e.ID, e.Diagnostics)
	l.tell(containers.Down{Err: l.down})
}

// anySettled reports whether an executor has been running for long enough to prove that they can.
func (l *loop) anySettled(now time.Time) bool {
	for _, h := range l.held {
		if h.settled(now) {
			return true
		}
	}
	return false
}

// settled reports whether an executor was started in the container long ago.
func (h *held) settled(now time.Time) bool {
	return !h.launched.IsZero() && now.Sub(h.launched) > settled
}
