package dynalloc

import (
	"math"
	"time"

	"github.com/weft-data/weft/resource"
)

// Need is what the tasks of one profile could use now. All numbers count tasks, but
// Unschedulable, which counts stages.
type Need struct {
	Pending     int
	Running     int // told to stop ones included: they hold their slots
	Copies      int // of Running: copies of slow tasks that run elsewhere too
	Speculative int // copies of slow tasks that wait
	// Unschedulable are stages with a task that every executor there is excluded for.
	Unschedulable int
}

// waits says whether more executors would be of use.
func (n Need) waits() bool { return n.Pending+n.Speculative+n.Unschedulable > 0 }

// firm is the need without copies.
func (n Need) firm() Need {
	n.Running, n.Copies, n.Speculative = max(n.Running-n.Copies, 0), 0, 0
	return n
}

// profile is the demand for one kind of executor.
type profile struct {
	id     resource.ID
	slots  int // of one executor
	need   Need
	target int
	spare  int // of the target: for copies only, if Settings.SpareCopies
	step   int // executors that the next round of the ramp adds
	// askAt is when the target grows next, or unset. It stays in the past while the target is
	// as large as the need: then it grows as soon as the need does.
	askAt   time.Duration
	changed time.Duration // when the target changed last, or unset
	count   int           // executors that live and are not released
	expired []Executor    // whose idle time is over; oldest first
}

// unset is a time that was not or will not be.
const unset time.Duration = -1

// most is how many executors the profile's tasks could use.
func (p *profile) most(ratio float64) int { return p.useful(p.need, ratio) }

// useful is how many executors a need could use.
func (p *profile) useful(need Need, ratio float64) int {
	n := p.executors(need.Pending+need.Running+need.Speculative, ratio)
	if n == 1 && p.slots > 1 && need.Speculative > 0 {
		n = 2 // a copy runs on another host than the slow task
	}
	if need.Unschedulable > 0 {
		n = max(n, p.count+p.executors(need.Unschedulable, ratio))
	}
	return n
}

// spares is how many executors of the target are of use to copies only. What a target is above the
// need, for a moment, is none of them.
func (p *profile) spares(s *Settings) int {
	if !s.SpareCopies {
		return 0
	}
	firm := p.useful(p.need.firm(), s.Ratio)
	return max(min(p.most(s.Ratio)-firm, p.target-max(firm, s.Min)), 0)
}

func (p *profile) executors(tasks int, ratio float64) int {
	n := math.Ceil(float64(tasks) * ratio / float64(p.slots))
	return int(min(n, math.MaxInt32))
}

// adjust moves the target by the rules, if it is time to.
func (p *profile) adjust(s *Settings, now time.Duration) {
	p.follow(s, now)
	most := p.most(s.Ratio)
	if !p.mayChange(now) {
		return
	}
	switch {
	case most < p.target:
		p.step = 1
		p.set(max(most, s.Min), now)
	case p.askAt != unset && now >= p.askAt:
		p.grow(s, most, now)
	}
}

// follow notes when tasks begin to wait, and when none does any more.
func (p *profile) follow(s *Settings, now time.Duration) {
	switch {
	case !p.need.waits():
		p.askAt, p.step = unset, 1
	case p.askAt != unset:
	case s.Policy == Direct && p.count == 0:
		p.askAt = now
	default:
		p.askAt = now + s.Backlog
	}
}

// grow takes a step towards the need. Executors that are there already need no ramp.
func (p *profile) grow(s *Settings, most int, now time.Duration) {
	next := most
	if s.Policy == Ramp {
		next = min(max(p.target, p.count)+p.step, most)
	}
	next = max(min(next, s.Max), s.Min, p.target)
	switch next - p.target {
	case 0:
		p.step = 1
		return
	case p.step:
		p.step *= 2
	default:
		p.step = 1
	}
	p.set(next, now)
	p.askAt = now + s.Sustained
	if s.Policy == Direct {
		p.askAt = now
	}
}

func (p *profile) set(target int, now time.Duration) {
	if target != p.target {
		p.target, p.changed = target, now
	}
}

func (p *profile) mayChange(now time.Duration) bool {
	return p.changed == unset || now >= p.changed+Interval
}

// wake is when the target may change though nothing else happens, or unset.
func (p *profile) wake(s *Settings, now time.Duration) time.Duration {
	most := p.most(s.Ratio)
	switch {
	case most < p.target && p.target > s.Min:
		return p.changed + Interval
	case most > p.target && p.target < s.Max && p.askAt > now:
		return max(p.askAt, p.changed+Interval)
	case most > p.target && p.target < s.Max && p.askAt != unset:
		return p.changed + Interval
	}
	return unset
}

// surplus is how many executors are above what the profile keeps in any case.
func (p *profile) surplus(s *Settings) int { return p.count - max(p.target, s.Min) }
