package scheduler

import (
	"fmt"
	"slices"
)

// checkProfiles: what is counted of executors, by profile, is what they are, and the heaps hold
// those with room and no others.
func (m *Machine) checkProfiles() error {
	open := 0
	for _, p := range m.profiles {
		if err := m.checkProfile(p); err != nil {
			return fmt.Errorf("profile %d: %w", p.id, err)
		}
		open += len(p.free.list)
	}
	if open != m.offers.open {
		return fmt.Errorf("%d entries in the heaps, counted %d", open, m.offers.open)
	}
	return nil
}

func (m *Machine) checkProfile(p *profile) error {
	living, slots, room := 0, 0, 0
	hosts := make(map[int32]int)
	for x := range m.cluster.executors {
		e := &m.cluster.executors[x]
		free := e.offered() && p.on(e) && e.room(p)
		if free != p.free.holds(int32(x)) {
			return fmt.Errorf("%s: room %v, load %d of %d, %d queued, in the heap %v",
				e.id, free, e.load, e.slots, e.queued, !free)
		}
		if free {
			room++
		}
		if e.stays() && p.on(e) {
			living++
			slots += m.slotsFor(e, p)
			hosts[e.host]++
		}
	}
	if living != p.living || slots != p.slots || room != len(p.free.list) {
		return fmt.Errorf("%d executors with %d slots, %d with room, counted %d, %d and %d",
			living, slots, room, p.living, p.slots, len(p.free.list))
	}
	for h := range m.cluster.hosts {
		if at(p.hosts, int32(h)) != hosts[int32(h)] {
			return fmt.Errorf("%d executors on %s, counted %d", hosts[int32(h)],
				m.cluster.hosts[h].name, at(p.hosts, int32(h)))
		}
	}
	return p.free.check()
}

// check: nobody stands before one that goes before it, and all know their places.
func (h *heap) check() error {
	for i, x := range h.list {
		if h.place(x) != i {
			return fmt.Errorf("place %d is taken by one that thinks it is at %d", i, h.place(x))
		}
		if i > 0 && h.before(x, h.list[(i-1)/2]) {
			return fmt.Errorf("place %d is out of order", i)
		}
	}
	return nil
}

// checkAmounts: nothing of an executor is given out twice, and nothing is forgotten.
func (m *Machine) checkAmounts(e *executor) error {
	if e.divided == nil {
		if e.load-e.queued > e.slots || e.queued > e.slots*manyFold*m.conf.MaxCredit {
			return fmt.Errorf("%d tasks, %d queued, on %d slots", e.load, e.queued, e.slots)
		}
		return nil
	}
	left := m.total(e.profile, e.slots)
	queued := e.queued
	for r := e.firstRun; r != none; r = m.runs.table[r].nextOfExecutor {
		s := m.runs.table[r].stage
		if queued > 0 { // all are of one stage then, whichever of them wait
			queued--
			continue
		}
		for _, a := range s.profile.need {
			left[a.of] -= a.n
		}
	}
	if i := slices.IndexFunc(e.divided.left, func(n int64) bool { return n < 0 }); i >= 0 {
		return fmt.Errorf("resource %d is overbooked by %d", i, -e.divided.left[i])
	}
	if !slices.Equal(left[:len(e.divided.left)], e.divided.left) {
		return fmt.Errorf("%d is left of its resources, counted %d", left, e.divided.left)
	}
	most := slices.Max(e.divided.most) * manyFold * m.conf.MaxCredit
	if e.queued > most || e.queued > 0 && e.others > 0 {
		return fmt.Errorf("%d tasks queue behind %d, %d of other stages", e.queued,
			e.load-e.queued, e.others)
	}
	return nil
}
