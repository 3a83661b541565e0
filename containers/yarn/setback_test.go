package yarn

import (
	"slices"
	"testing"
	"time"
)

func TestReplacementsComeSlowerWhileExecutorsEnd(t *testing.T) {
	var s setbacks
	now := time.Unix(1000, 0)
	var waits []time.Duration
	for range 6 {
		s.add(now, true)
		s.add(now.Add(time.Millisecond), true) // of the same round
		waits = append(waits, s.until.Sub(now))
		now = s.until
	}
	want := []time.Duration{firstWait, 4 * firstWait, 16 * firstWait, 64 * firstWait, longest, longest}
	if !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	now = s.until.Add(forgotten + time.Second)
	if s.add(now, true); s.until.Sub(now) != firstWait {
		t.Errorf("after a quiet minute: %s", s.until.Sub(now))
	}
}

func TestOnlyFailedStartsInARowCount(t *testing.T) {
	var s setbacks
	now := time.Unix(1000, 0)
	round := func(started bool) {
		s.add(now, started)
		now = s.until
	}
	for range startTries - 1 {
		round(false)
	}
	if s.starts != startTries-1 {
		t.Fatalf("%d rounds", s.starts)
	}
	round(true) // one has run
	if s.starts != 0 {
		t.Errorf("%d rounds after an executor ran", s.starts)
	}
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		idle       bool
		open, want time.Duration
	}{
		{true, 0, time.Second},
		{false, 0, 10 * time.Millisecond},
		{false, 4 * time.Second, 50 * time.Millisecond},
		{false, 20 * time.Second, 200 * time.Millisecond},
		{false, time.Hour, 500 * time.Millisecond},
	} {
		if got := pause(c.idle, c.open); got != c.want {
			t.Errorf("idle=%t open=%s: %s, want %s", c.idle, c.open, got, c.want)
		}
	}
}
