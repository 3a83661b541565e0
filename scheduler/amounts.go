package scheduler

import (
	"slices"

	"github.com/weft-data/weft/resource"
)

// An executor that runs tasks of one profile only has slots, and counts them. One that serves
// several profiles has amounts: of cores, and of each named resource, in the integer parts of
// package resource. A task takes what its profile says, and runs where all of it is left. Devices
// are not told apart here: the executor chooses them, and lets a task wait that finds no device
// with enough left although there is enough on all of them together.

// amount is so much of one resource.
type amount struct {
	of int // index into divided.left; 0 is cores
	n  int64
}

// divided is what an executor that serves several profiles has.
type divided struct {
	left []int64 // by resource: what its tasks leave
	most []int   // how many tasks of each of the profiles it runs at once if it has no others
}

// amountsOf is what a task takes, with its resources as numbers.
func (m *Machine) amountsOf(t *resource.Task) []amount {
	list := []amount{{0, int64(t.CPUs)}}
	for _, s := range t.Shares {
		list = append(list, amount{m.resourceNumber(s.Name), int64(s.Cost())})
	}
	return list
}

// resourceNumber finds or gives the number of a named resource, from 1.
func (m *Machine) resourceNumber(name string) int {
	i := slices.Index(m.resources, name)
	if i < 0 {
		i = len(m.resources)
		m.resources = append(m.resources, name)
	}
	return i + 1
}

// total is what an executor of a profile has, at least what so many of its own tasks take.
func (m *Machine) total(p *profile, slots int) []int64 {
	for _, a := range p.shape.Executor.Extra {
		m.resourceNumber(a.Name) // the list has room for new ones
	}
	list := make([]int64, len(m.resources)+1)
	list[0] = int64(p.shape.Executor.Cores)
	for _, a := range p.shape.Executor.Extra {
		list[m.resourceNumber(a.Name)] = a.Count * int64(resource.Whole)
	}
	for _, a := range p.need {
		list[a.of] = max(list[a.of], a.n*int64(slots))
	}
	return list
}

// holds is how many tasks of a profile some amounts are enough for.
func (m *Machine) holds(left []int64, p *profile) int {
	n := int64(maxSlots)
	for _, a := range p.need {
		n = min(n, amountAt(left, a.of)/a.n)
	}
	return int(n)
}

// amountAt is 0 for resources that were named after the executor came.
func amountAt(left []int64, i int) int64 {
	if i >= len(left) {
		return 0
	}
	return left[i]
}

// slotsFor is how many tasks of a profile an executor runs at once if it has no others.
func (m *Machine) slotsFor(e *executor, p *profile) int {
	if e.profile == p {
		return e.slots
	}
	return e.divided.most[slices.Index(e.profile.serves, p)]
}

// room says whether an executor could begin a task of a profile that it serves. Nothing is begun
// before what is queued.
func (e *executor) room(p *profile) bool {
	if e.divided == nil {
		return e.load < e.slots
	}
	return e.divided.room(p) && e.queued == 0
}

func (d *divided) room(p *profile) bool {
	for _, a := range p.need {
		if amountAt(d.left, a.of) < a.n {
			return false
		}
	}
	return true
}

// take counts what a task takes, with n = 1, or gives back, with n = -1.
func (e *executor) take(p *profile, n int64) {
	if e.divided == nil {
		return
	}
	for _, a := range p.need {
		e.divided.left[a.of] -= n * a.n
	}
}

// share lets executors of one profile run tasks of another, from now on.
func (m *Machine) share(p, with *profile) {
	for x := range m.cluster.executors {
		e := &m.cluster.executors[x]
		if e.profile != p || !e.alive {
			continue
		}
		m.divide(e)
		if e.stays() {
			m.gained(with, e)
			m.fix(int32(x))
		}
	}
}

// divide begins to count the amounts of an executor that serves several profiles, or another one.
func (m *Machine) divide(e *executor) {
	if !e.profile.shared() {
		return
	}
	begun := e.divided != nil
	total := m.total(e.profile, e.slots)
	if !begun {
		e.divided = &divided{left: slices.Clone(total)}
	}
	e.divided.most = e.divided.most[:0]
	for _, p := range e.profile.serves {
		e.divided.most = append(e.divided.most, m.holds(total, p))
	}
	for n := e.load - e.queued; !begun && n > 0; n-- { // all of its own profile so far
		e.take(e.profile, 1)
	}
}
