package dynalloc

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Policy is how a target grows.
type Policy uint8

// The policies.
const (
	// Ramp adds 1, 2, 4, 8 … executors, a step every Settings.Sustained, as the reference does.
	Ramp Policy = iota
	// Direct asks for the whole need at once. Where the profile has no executor it does not wait
	// for Settings.Backlog either: nobody is there who could work the backlog off.
	Direct
)

// String names the policy as weft.dynamicAllocation.policy does.
func (p Policy) String() string {
	if p == Direct {
		return "direct"
	}
	return "ramp"
}

// idle is how long executors wait for another task. Direct has them back in the time of one start,
// so a quarter of the reference's time is enough: bench/sim -allocation has the figures.
func (p Policy) idle() time.Duration {
	if p == Direct {
		return 15 * time.Second
	}
	return time.Minute
}

// ParsePolicy reads a policy in any case.
func ParsePolicy(s string) (Policy, error) {
	for _, p := range []Policy{Ramp, Direct} {
		if strings.EqualFold(s, p.String()) {
			return p, nil
		}
	}
	return Ramp, fmt.Errorf("allocation policy %.64q: want ramp or direct", s)
}

// Interval is the least time between two changes of a profile's target that are not the first
// after a quiet time: the reference looks as often.
const Interval = 100 * time.Millisecond

// Settings are the limits. All numbers are executors of one profile. A zero field means the
// default that stands beside it.
type Settings struct {
	Enabled bool
	Policy  Policy
	Min     int     // 0
	Max     int     // 0: no limit
	Initial int     // target before there is any work, and of each new profile; at least Min
	Ratio   float64 // executors by what the tasks could use; 1

	// SpareCopies tells executors apart that only copies of slow tasks could use (Target.Spare).
	SpareCopies bool

	Backlog   time.Duration // tasks wait so long before the first executor is asked for; 1 s
	Sustained time.Duration // time between two steps of the ramp; Backlog

	Idle        time.Duration // an executor without tasks is released after it; 60 s, Direct 15 s
	CachedIdle  time.Duration // the same where blocks are cached; 0: never
	OutputsIdle time.Duration // the same where map outputs would be lost; 0: never
}

// WithDefaults fills the zero fields.
func (s Settings) WithDefaults() Settings {
	if s.Max == 0 {
		s.Max = math.MaxInt32
	}
	if s.Ratio == 0 {
		s.Ratio = 1
	}
	if s.Backlog == 0 {
		s.Backlog = time.Second
	}
	if s.Sustained == 0 {
		s.Sustained = s.Backlog
	}
	if s.Idle == 0 {
		s.Idle = s.Policy.idle()
	}
	s.Initial = max(s.Initial, s.Min)
	return s
}

// Validate refuses what cannot be kept; the fields are filled.
func (s Settings) Validate() error {
	switch {
	case s.Policy > Direct:
		return fmt.Errorf("dynamic allocation: there is no policy %d, want ramp or direct", s.Policy)
	case s.Min < 0 || s.Max < 1 || s.Max > math.MaxInt32:
		return fmt.Errorf("dynamic allocation: %d to %d executors, want from 0 on to at least 1",
			s.Min, s.Max)
	case s.Min > s.Max:
		return fmt.Errorf("dynamic allocation: at least %d executors and at most %d: the first is "+
			"larger; lower minExecutors or raise maxExecutors", s.Min, s.Max)
	case s.Initial > s.Max:
		return fmt.Errorf("dynamic allocation: %d executors at the beginning and at most %d; lower "+
			"initialExecutors or raise maxExecutors", s.Initial, s.Max)
	case !(s.Ratio > 0 && s.Ratio <= 1):
		return fmt.Errorf("dynamic allocation: ratio %v, want above 0 to 1", s.Ratio)
	}
	for _, d := range [...]time.Duration{s.Backlog, s.Sustained, s.Idle, s.CachedIdle, s.OutputsIdle} {
		if d < 0 || d > longest {
			return fmt.Errorf("dynamic allocation: a time of %s, want 0 to %s", d, longest)
		}
	}
	return nil
}

// longest bounds times, so that they can be added up.
const longest = 100 * 365 * 24 * time.Hour
