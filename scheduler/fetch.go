package scheduler

import (
	"fmt"
	"slices"
)

// fetchFailed handles a task that could not read a map output. That is not the task's fault:
// the output is taken as lost, the stage waits for the parent to compute it again, and goes on
// with what it has not computed yet. News from an older attempt of the stage is about
// outputs that were replaced since; only the task runs again.
func (m *Machine) fetchFailed(u *run, f *FetchFailure) {
	s := u.stage
	m.again(s, u.index, u.self)
	if u.stageAttempt != s.attempt {
		return
	}
	if f != nil && !slices.Contains(s.unguarded, f.Shuffle) {
		s.unguarded = append(s.unguarded, f.Shuffle)
	}
	m.failAttempt(s, f)
	m.fetchLost(f)
}

func (m *Machine) fetchReason(f *FetchFailure) string {
	switch {
	case f == nil:
		return "a map output could not be fetched"
	case f.Map < 0:
		return fmt.Sprintf("outputs of shuffle %d are missing", f.Shuffle)
	}
	return fmt.Sprintf("output of map %d of shuffle %d could not be fetched from %s: %s",
		f.Map, f.Shuffle, f.Executor, f.Message)
}

// failAttempt ends the attempt of a stage that lost its input.
func (m *Machine) failAttempt(s *stage, f *FetchFailure) {
	if !slices.Contains(m.changes.retry, s) {
		m.changes.retry = append(m.changes.retry, s)
	}
	tooMany := !m.expected(f) && m.countAttempt(s)
	ended := s.state == Running
	if ended {
		m.dequeue(s)
		s.state = Idle
	}
	switch reason := m.fetchReason(f); {
	case tooMany:
		m.abort(s, JobError{Kind: FetchFailures, Partition: none,
			Reason: fmt.Sprintf("lost its input %d times in a row, at last: %s", s.fetchFailed, reason)})
	case ended:
		m.emit(StageFailed{Stage: s.spec.ID, Attempt: s.attempt, Retry: true, Reason: reason})
	}
}

// countAttempt counts a failed attempt and says whether it was one too many. It counts once: the
// other failures of an attempt tell nothing new about the stage.
func (m *Machine) countAttempt(s *stage) bool {
	if s.counted == s.attempt {
		return false
	}
	s.counted = s.attempt
	s.fetchFailed++
	return s.fetchFailed >= m.conf.MaxStageAttempts
}

// fetchLost gives up the outputs that a fetch failure speaks of, if they are still those that
// the task was told of.
func (m *Machine) fetchLost(f *FetchFailure) {
	if f == nil {
		return
	}
	x, known := m.cluster.byID[f.Executor]
	parent := m.shuffles[f.Shuffle]
	if !known || parent == nil || !parent.outputIs(f.Map, f.Attempt, x) {
		return
	}
	if f.OneBlock {
		m.loseOne(parent, f.Map, x)
		m.loseOthers(parent, f, x)
		return
	}
	m.loseOutputs(x)
	m.distrust(x)
}

// loseOthers gives up what lies in the same file.
func (m *Machine) loseOthers(parent *stage, f *FetchFailure, x int32) {
	for _, other := range f.Others {
		if parent.outputIs(other, f.Attempt, x) {
			m.loseOne(parent, other, x)
		}
	}
}

// distrust marks the map tasks that run on an executor whose outputs were just given up.
func (m *Machine) distrust(x int32) {
	for r := m.cluster.executors[x].firstRun; r != none; r = m.runs.table[r].nextOfExecutor {
		m.runs.table[r].stale = !m.runs.table[r].stage.spec.Result()
	}
}
