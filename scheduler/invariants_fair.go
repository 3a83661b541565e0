package scheduler

import (
	"fmt"

	"github.com/weft-data/weft/scheduler/pool"
)

// checkFair: pools count what their stages have, and stand in the order they should.
func (m *Machine) checkFair() error {
	running, members := make(map[*poolState]int), make(map[*poolState]int)
	for _, s := range m.stagesByID() {
		if err := m.checkSlots(s); err != nil {
			return fmt.Errorf("stage %d: %w", s.spec.ID, err)
		}
		if p := s.pool; p != nil {
			running[p] += s.slots
			members[p]++
		}
	}
	for name, p := range m.fair.byName {
		if p.running != running[p] || p.members != members[p] {
			return fmt.Errorf("pool %s: %d slots and %d stages, counted %d and %d",
				name, running[p], members[p], p.running, p.members)
		}
		if err := m.checkPool(p); err != nil {
			return fmt.Errorf("pool %s: %w", name, err)
		}
	}
	return checkRanked(&m.fair.pools)
}

// checkSlots counts a stage's busy slots again: all of its runs but those queued.
func (m *Machine) checkSlots(s *stage) error {
	busy := s.runs
	for x := range m.cluster.executors {
		e := &m.cluster.executors[x]
		if e.queued > 0 && m.runs.table[e.firstRun].stage == s {
			busy -= e.queued
		}
	}
	switch {
	case busy != s.slots:
		return fmt.Errorf("%d busy slots, counted %d", busy, s.slots)
	case s.granted != 0 || s.turn != nil:
		return fmt.Errorf("has a turn left over from an offer")
	case (s.poolAt >= 0) != (s.queued && s.pool != nil && s.profile.living > 0):
		return fmt.Errorf("queued %v, in its pool's order %v", s.queued, s.poolAt >= 0)
	case m.conf.Mode == pool.Fair && s.needed() && s.pool == nil:
		return fmt.Errorf("is needed and in no pool")
	}
	return nil
}

func (m *Machine) checkPool(p *poolState) error {
	if serve := len(p.stages.list) > 0 && !p.spec.Full(p.running); serve != (p.at >= 0) {
		return fmt.Errorf("to be served %v, in the order %v", serve, p.at >= 0)
	}
	if p.members == 0 && !p.listed {
		return fmt.Errorf("is kept for nobody")
	}
	return checkRanked(&p.stages)
}

// checkRanked: nobody stands before one that goes before it.
func checkRanked[T any](h *ranked[T]) error {
	for i, x := range h.list {
		if *h.at(x) != i {
			return fmt.Errorf("place %d is taken by one that thinks it is at %d", i, *h.at(x))
		}
		if i > 0 && h.before(x, h.list[(i-1)/2]) {
			return fmt.Errorf("place %d is out of order", i)
		}
	}
	return nil
}
