package scheduler

import (
	"fmt"
	"slices"
)

// Check looks for states that must never be. It walks everything, so it is for tests, which
// call it after every step.
func (m *Machine) Check() error {
	for _, check := range []func() error{
		m.checkExecutors, m.checkStages, m.checkQueues, m.checkJobs, m.checkFair,
		m.checkExclusions, m.checkAllocation,
	} {
		if err := check(); err != nil {
			return fmt.Errorf("invariant broken: %w", err)
		}
	}
	return nil
}

// checkExecutors: loads are what runs, and nothing is overbooked.
func (m *Machine) checkExecutors() error {
	living := 0
	for x := range m.cluster.executors {
		e := &m.cluster.executors[x]
		if err := m.checkExecutor(int32(x), e); err != nil {
			return fmt.Errorf("%s: %w", e.id, err)
		}
		if e.stays() {
			living++
		}
	}
	if living != m.cluster.living {
		return fmt.Errorf("%d executors live, counted %d", living, m.cluster.living)
	}
	return m.checkProfiles()
}

func (m *Machine) checkExecutor(x int32, e *executor) error {
	runs, others := 0, 0
	for r := e.firstRun; r != none; r = m.runs.table[r].nextOfExecutor {
		runs++
		if m.runs.table[r].stage != e.short {
			others++
		}
	}
	switch {
	case runs != e.load || runs > 0 && others != e.others:
		return fmt.Errorf("%d runs, %d others; load is %d, others %d", runs, others, e.load, e.others)
	case !e.alive && (e.load > 0 || len(e.cached) > 0):
		return fmt.Errorf("lost, but has tasks or blocks")
	case e.excluded != (m.exclusions.until[x] > 0 || m.cluster.hosts[e.host].until > 0):
		return fmt.Errorf("excluded %v, until %s", e.excluded, m.exclusions.until[x])
	case (e.alive || len(e.held) > 0) && !slices.Contains(m.cluster.hosts[e.host].executors, x):
		return fmt.Errorf("alive %v with outputs of %d stages, and its host does not know it",
			e.alive, len(e.held))
	case (e.behindAt >= 0) != (e.alive && e.queued > 0):
		return fmt.Errorf("%d of %d tasks queued, at %d of those with a queue",
			e.queued, e.load, e.behindAt)
	case e.granted != 0 || e.launch != -1:
		return fmt.Errorf("has grants left over from an offer")
	}
	return m.checkAmounts(e)
}

// checkStages: every partition is pending, running once or done, and the counts say so.
func (m *Machine) checkStages() error {
	for _, s := range m.stagesByID() {
		if err := m.checkStageRuns(s); err != nil {
			return fmt.Errorf("stage %d: %w", s.spec.ID, err)
		}
		if s.parts.made() {
			if err := m.checkParts(s); err != nil {
				return fmt.Errorf("stage %d: %w", s.spec.ID, err)
			}
		}
	}
	return nil
}

func (m *Machine) checkStageRuns(s *stage) error {
	runs, live := 0, 0
	for r := s.firstRun; r != none; r = m.runs.table[r].nextOfStage {
		u := &m.runs.table[r]
		runs++
		if u.killed {
			continue
		}
		live++
		if !s.computes(u.index, r) {
			return fmt.Errorf("%s runs, but the partition does not say so", s.task(u.index, u.attempt))
		}
	}
	if runs != s.runs || live != s.live {
		return fmt.Errorf("%d runs, %d live, counted %d and %d", runs, live, s.runs, s.live)
	}
	return nil
}

func (m *Machine) checkParts(s *stage) error {
	var counts [partDone + 1]int
	for _, state := range s.parts.state {
		counts[state]++
	}
	switch {
	case counts[partPending] != s.pending.n, counts[partRunning] != s.live-len(s.twins),
		counts[partDone] != s.done:
		return fmt.Errorf("partitions %v, counted pending %d, running %d, done %d",
			counts, s.pending.n, s.live, s.done)
	case s.state == Done && !s.complete():
		return fmt.Errorf("done with %d of %d", s.done, s.spec.Computed())
	case s.state != Running && s.state != Done && s.live > 0 && !s.needed():
		return fmt.Errorf("%s and not needed, but %d tasks run", s.state, s.live)
	}
	return m.checkHeld(s)
}

// checkHeld: the executors' lists hold exactly the outputs there are.
func (m *Machine) checkHeld(s *stage) error {
	if s.spec.Result() {
		return nil
	}
	n := 0
	for _, x := range s.holders {
		for i := m.cluster.executors[x].heldOf(s).first; i != none; i = s.parts.next[i] {
			n++
			if s.parts.state[i] != partDone || s.parts.where[i] != x {
				return fmt.Errorf("output %d is listed at %s, but not there", i, m.cluster.executors[x].id)
			}
		}
	}
	if n != s.done {
		return fmt.Errorf("%d outputs are listed, %d done", n, s.done)
	}
	return nil
}

// checkQueues: what should be offered is, and in order.
func (m *Machine) checkQueues() error {
	for i, s := range m.queue {
		if s.state != Running || !s.queued || !s.needed() {
			return fmt.Errorf("stage %d is queued in state %s", s.spec.ID, s.state)
		}
		if i > 0 && before(m.queue[i-1], s) >= 0 {
			return fmt.Errorf("stage %d is queued out of order", s.spec.ID)
		}
	}
	for _, s := range m.stagesByID() {
		if s.state == Running && s.demand() > 0 && !s.queued {
			return fmt.Errorf("stage %d has %d pending tasks that are not offered", s.spec.ID, s.pending.n)
		}
		if s.queued && len(m.queue) == 0 {
			return fmt.Errorf("stage %d thinks it is queued", s.spec.ID)
		}
	}
	return nil
}

// checkJobs: a job that is not over has something that brings it on.
func (m *Machine) checkJobs() error {
	for _, j := range m.jobs {
		if j.result.state != Running && j.result.state != Waiting {
			return fmt.Errorf("job %d goes on, its result stage is %s", j.spec.ID, j.result.state)
		}
	}
	for _, s := range m.waiting {
		if len(m.missingParents(s)) == 0 {
			return fmt.Errorf("stage %d waits for nothing", s.spec.ID)
		}
	}
	return nil
}
