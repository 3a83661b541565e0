package dynalloc

import (
	"cmp"
	"slices"
	"time"

	"github.com/weft-data/weft/resource"
)

// Allocator keeps targets and idle executors. Make one with New.
type Allocator struct {
	settings  Settings
	holds     func(Executor) Holding
	profiles  []*profile // by id
	executors []executor // by number
	timers    timers
	kept      []Executor // in state kept, or once were
	changed   []Executor // kept ones that may hold less now
	working   bool       // there was work, or an idle time is over: Initial counts no more
	moved     bool       // some target has changed since the last decision
}

// Target is how many executors of a profile there should be.
type Target struct {
	Profile resource.ID
	Count   int
	Spare   int // of Count: of use to copies of slow tasks only; 0 without Settings.SpareCopies
}

// Decision is what is to be done, in this order.
type Decision struct {
	// Targets are those of all profiles, by id, the first time and whenever one has changed; else
	// nil.
	Targets []Target
	// Release are executors to give back, each once. They get no more tasks.
	Release []Executor
	// Wake is when to ask again if nothing happens before; negative: no need to.
	Wake time.Duration
}

// New makes an Allocator with no executors and the default profile, of which an executor has the
// given number of slots. Holds tells what would be lost with an executor; it is asked about idle
// ones, seldom.
func New(s Settings, slots int, holds func(Executor) Holding) (*Allocator, error) {
	s = s.WithDefaults()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	a := &Allocator{settings: s, holds: holds}
	a.Open(resource.Default, slots)
	return a, nil
}

// Open brings a profile into use, with Settings.Initial as its target. A known one is left as it
// is, but that an executor of it has so many slots.
func (a *Allocator) Open(id resource.ID, slots int) {
	i, known := a.find(id)
	if known {
		a.profiles[i].slots = max(slots, 1)
		return
	}
	a.profiles = slices.Insert(a.profiles, i, &profile{
		id: id, slots: max(slots, 1), target: a.settings.Initial, step: 1, askAt: unset,
		changed: unset,
	})
	a.moved = true
}

// Need tells what the tasks of a profile could use from now on.
func (a *Allocator) Need(id resource.ID, n Need) {
	a.profile(id).need = n
	a.working = a.working || n != Need{}
}

func (a *Allocator) targets() []Target {
	list := make([]Target, 0, len(a.profiles))
	for _, p := range a.profiles {
		list = append(list, Target{p.id, p.target, p.spare})
	}
	return list
}

// Decide applies the rules. It costs as much as there are profiles, and what it releases.
func (a *Allocator) Decide(now time.Duration) Decision {
	a.expire(now)
	d := Decision{Wake: unset}
	for _, p := range a.profiles {
		a.working = a.working || len(p.expired) > 0
		target, spare := p.target, p.spare
		if a.working {
			p.adjust(&a.settings, now)
			d.Wake = sooner(d.Wake, p.wake(&a.settings, now))
		}
		p.spare = p.spares(&a.settings)
		a.moved = a.moved || p.target != target || p.spare != spare
		d.Release = a.release(now, p, d.Release)
	}
	if a.moved {
		a.moved, d.Targets = false, a.targets()
	}
	if len(a.timers) > 0 {
		d.Wake = sooner(d.Wake, a.timers[0].due)
	}
	return d
}

// release gives back a profile's expired executors while it has more than it is to keep. Each is
// looked at once more: it may have got work, or something to hold.
func (a *Allocator) release(now time.Duration, p *profile, list []Executor) []Executor {
	for p.surplus(&a.settings) > 0 && len(p.expired) > 0 {
		x := p.expired[0]
		p.expired = p.expired[1:]
		e := &a.executors[x]
		e.queued = false
		if e.state != expired {
			continue
		}
		if a.judge(now, x); e.state == expired {
			e.state = leaving
			p.count--
			list = append(list, x)
		}
	}
	return list
}

func (a *Allocator) find(id resource.ID) (int, bool) {
	return slices.BinarySearchFunc(a.profiles, id, func(p *profile, id resource.ID) int {
		return cmp.Compare(p.id, id)
	})
}

// profile finds one; one that was never opened is, with one slot.
func (a *Allocator) profile(id resource.ID) *profile {
	i, known := a.find(id)
	if !known {
		a.Open(id, 1)
	}
	return a.profiles[i]
}

// sooner is the smaller of two times that may be unset.
func sooner(a, b time.Duration) time.Duration {
	if a == unset || b != unset && b < a {
		return b
	}
	return a
}
