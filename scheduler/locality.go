package scheduler

import "time"

// delay is a stage's delay scheduling: how near its tasks must be now. A task that finds no
// near executor waits at each level for the level's time, because a slot near its input
// is likely to come free soon; then it takes the next best.
type delay struct {
	level Locality      // Process, Node, Rack or Any: the farthest allowed now
	since time.Duration // when waiting at this level began
	// possible says that some nearer level than Any has been possible. The wait begins then:
	// before there are executors there is nothing to wait for.
	possible bool
	fresh    bool     // what waits has changed: look at all free executors, not only new ones
	offered  Locality // level at the last offer
	refused  bool     // some free executor was too far, since all were last looked at
}

func (d *delay) restart(now time.Duration) {
	*d = delay{level: Process, since: now, fresh: true}
}

// allowed is the farthest level at which tasks may be launched now. A level at which no task
// waits for a living executor is passed at once; the others when their wait is over.
func (m *Machine) allowed(s *stage) Locality {
	d := &s.delay
	for d.level != Any {
		if !m.possible(s, d.level) {
			d.level, d.since = next(d.level), m.now
			continue
		}
		d.possible = true
		wait := m.waitAt(s, d.level)
		if m.now-d.since < wait {
			return d.level
		}
		d.level, d.since = next(d.level), d.since+wait
	}
	return Any
}

// possible says whether a task waits at the level for a living executor.
func (m *Machine) possible(s *stage, l Locality) bool {
	near, ok := nearOf(l)
	return ok && s.pending.near[near].waiting(s, s.profile.alive[near])
}

// next is the level after l that tasks may be made to wait at. NoPref is not one of them.
func next(l Locality) Locality {
	switch l {
	case Process:
		return Node
	case Node:
		return Rack
	}
	return Any
}

// waitAt is the wait of a level; negative settings mean none.
func (m *Machine) waitAt(s *stage, l Locality) time.Duration {
	switch l {
	case Process:
		return max(m.conf.Wait.Process, 0)
	case Node:
		return m.nodeWait(s)
	case Rack:
		return max(m.conf.Wait.Rack, 0)
	}
	return 0
}

// joined lets a new executor's levels count again. The stage falls back to the nearest level
// that became possible, and its wait begins if nothing was possible before.
func (m *Machine) joined(s *stage, x int32) {
	m.activateFor(s, x)
	d := &s.delay
	for _, l := range [...]Locality{Process, Node, Rack} {
		if !m.possible(s, l) {
			continue
		}
		d.level = min(d.level, l)
		if !d.possible {
			d.possible, d.since = true, m.now
		}
		return
	}
}

// launchedAt restarts the wait after launches that refused nobody: the stage does well at
// this level, so waiting there pays.
func (d *delay) launchedAt(nearest Locality, now time.Duration) {
	d.since = now
	if nearest != NoPref {
		d.level = nearest
	}
}
