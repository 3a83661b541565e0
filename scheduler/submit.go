package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-data/weft/dag"
)

// submit starts a stage if all its parents are available. Otherwise the stage waits and the
// missing parents are submitted in its place, lowest id first. It keeps its own stack: a
// lineage may be deeper than a goroutine's.
func (m *Machine) submit(s *stage) {
	if s.state == Running || s.state == Done {
		return
	}
	stack := []*stage{s}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		missing := m.missingParents(s)
		if len(missing) == 0 {
			m.start(s)
			continue
		}
		m.wait(s)
		stack = appendIdle(stack, missing)
	}
}

// appendIdle stacks the stages that nothing was done about yet, so that the first comes out
// first. Those that wait themselves are looked at whenever something changes for them.
func appendIdle(stack, list []*stage) []*stage {
	for _, s := range slices.Backward(list) {
		if s.state == Idle {
			stack = append(stack, s)
		}
	}
	return stack
}

// missingParents are the stages whose output s needs and cannot read now, by id.
func (m *Machine) missingParents(s *stage) []*stage {
	if s.spec.Computed() == 0 {
		return nil
	}
	var missing []*stage
	for i := range s.spec.Parents {
		p := &s.spec.Parents[i]
		parent := m.shuffles[p.Shuffle]
		if parent.state != Done && !m.guarded(s, p) && !slices.Contains(missing, parent) {
			missing = append(missing, parent)
		}
	}
	slices.SortFunc(missing, func(a, b *stage) int { return cmp.Compare(a.spec.ID, b.spec.ID) })
	return missing
}

// guarded says whether a dataset between the shuffle and the stage is cached where s computes,
// and no task of s was left without the shuffle although it was.
func (m *Machine) guarded(s *stage, p *dag.Parent) bool {
	if slices.Contains(s.unguarded, p.Shuffle) {
		return false
	}
	return slices.ContainsFunc(p.Guards, func(id dag.DatasetID) bool {
		return m.blocks[id].covers(&s.spec)
	})
}

// start begins a new attempt of a stage over its missing partitions. Those that an older
// attempt still runs are left to it.
func (m *Machine) start(s *stage) {
	m.unwait(s)
	if !m.mayBegin(s) {
		return
	}
	s.state = Running
	m.open(s.profile)
	s.attempt++
	s.begun++
	before := s.heavy
	s.heavy = m.weigh(s)
	switch {
	case !s.parts.made():
		s.parts = newParts(s.spec.Computed(), !s.spec.Result())
		m.fillPending(s)
	case !before.none() || !s.heavy.none():
		m.refillPending(s)
	}
	s.delay.restart(m.now)
	m.watch(s)
	s.excl = nil
	m.activateAll(s)
	m.emit(StageStarted{Stage: s.spec.ID, Attempt: s.attempt, Tasks: s.spec.Computed() - s.done})
	if s.complete() {
		m.changes.finished = append(m.changes.finished, s)
		return
	}
	m.enqueue(s)
}

// mayBegin fails the jobs of a stage that had all of its attempts.
func (m *Machine) mayBegin(s *stage) bool {
	if most := m.conf.MaxStageAttemptsInAll; most > 0 && s.begun == most {
		m.abort(s, JobError{Kind: FetchFailures, Partition: none, Reason: fmt.Sprintf(
			"lost its input or its outputs again after %d attempts (weft.stage.maxAttempts)", most)})
		return false
	}
	return true
}

// stageFinished follows from the last partition of a stage.
func (m *Machine) stageFinished(s *stage) {
	m.unwait(s)
	m.dequeue(s)
	s.state = Done
	s.fetchFailed = 0
	s.unguarded = nil
	m.emit(StageFinished{Stage: s.spec.ID, Attempt: s.attempt})
	m.killRuns(s, "stage finished")
	s.copies = nil
	m.blame(s)
	s.excl = nil
	m.flushKills()
	m.changes.recheck = true
	if s.spec.Result() {
		i, _ := m.findJob(s.jobs[0])
		m.endJob(m.jobs[i], nil, "job finished")
	}
}
