package scheduler

import "fmt"

// Commit permission. At most one attempt of a partition may publish its output. The key is
// (stage, partition), the holder an attempt number: those are never given twice, not even
// over attempts of the stage, so that a repeated question is told from a rival's. Only a
// running attempt that was not told to stop gets permission, and it keeps it until it fails
// or is lost; a success keeps it for good.

// commitAsked answers a task.
func (m *Machine) commitAsked(e CommitAsked) {
	why := m.mayCommit(e)
	m.emit(AnswerCommit{Task: e.Task, Granted: why == "", Why: why})
}

// mayCommit grants permission, or says why not.
func (m *Machine) mayCommit(e CommitAsked) string {
	s := m.stages[e.Task.Stage]
	if s == nil {
		return "its stage is over"
	}
	index, ok := s.index(e.Task.Partition)
	if !ok || !s.parts.made() {
		return "there is no such task"
	}
	r := m.runOf(s, index, e.Task.Attempt)
	switch {
	case s.parts.state[index] == partDone:
		return "the partition is computed"
	case r == none:
		return "the attempt has ended or was told to stop"
	}
	return s.holdCommit(index, e.Task.Attempt)
}

// runOf finds an attempt among the live runs of its partition.
func (m *Machine) runOf(s *stage, index, attempt int32) int32 {
	if s.parts.state[index] != partRunning {
		return none
	}
	if r := s.parts.where[index]; m.runs.table[r].attempt == attempt {
		return r
	}
	if r, ok := s.twins[index]; ok && m.runs.table[r].attempt == attempt {
		return r
	}
	return none
}

// holdCommit gives the permission to an attempt unless another one has it.
func (s *stage) holdCommit(index, attempt int32) string {
	if s.commits == nil {
		s.commits = make([]int32, s.spec.Computed())
	}
	// A holder is kept as attempt+1, so that a new array means nobody.
	if held := s.commits[index]; held != 0 && held != attempt+1 {
		return fmt.Sprintf("attempt %d has the permission", held-1)
	}
	s.commits[index] = attempt + 1
	return ""
}

// releaseCommit takes the permission from an attempt that ended without success.
func (s *stage) releaseCommit(u *run) {
	if s.commits != nil && s.commits[u.index] == u.attempt+1 {
		s.commits[u.index] = 0
	}
}
