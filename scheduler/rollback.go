package scheduler

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/dag"
)

// A stage that is not deterministic gives other records when a partition runs again. Readers
// that saw the lost version and readers that will see the new one would mix two versions: some
// records twice, some never. So whoever began to read from the stage starts over, and the
// readers' readers with them. A result that was handed out cannot be taken back: then the job
// fails with Inconsistent, which is better than a wrong answer.

// rollBack is called when outputs of a stage are lost.
func (m *Machine) rollBack(s *stage) {
	if s.spec.Deterministic {
		return
	}
	m.rollBackReaders(s, s)
}

func (m *Machine) rollBackReaders(s, lost *stage) {
	for _, reader := range m.readers(s.spec.Shuffle) {
		m.startOver(reader, lost)
	}
}

// readers are the stages that read a shuffle and have begun to, by id. Those that no job needs now
// are among them: a later job would build on what they computed.
func (m *Machine) readers(id dag.ShuffleID) []*stage {
	return slices.DeleteFunc(m.stagesByID(), func(s *stage) bool {
		return !s.reads(id) || s.done+s.live == 0
	})
}

func (s *stage) reads(id dag.ShuffleID) bool {
	return slices.ContainsFunc(s.spec.Parents, func(p dag.Parent) bool { return p.Shuffle == id })
}

// startOver takes back all that a reader computed or is computing.
func (m *Machine) startOver(s, lost *stage) {
	if s.spec.Result() && s.done > 0 {
		m.abort(s, JobError{Kind: Inconsistent, Partition: none, Reason: fmt.Sprintf(
			"stage %d is not deterministic and lost outputs after results built on them were used",
			lost.spec.ID)})
		return
	}
	m.killRuns(s, fmt.Sprintf("stage %d, not deterministic, lost outputs", lost.spec.ID))
	for len(s.holders) > 0 {
		m.loseHeld(s, s.holders[0])
	}
	if !s.spec.Result() {
		m.rollBackReaders(s, lost)
	}
	if !slices.Contains(m.changes.retry, s) && s.state != Waiting {
		m.changes.retry = append(m.changes.retry, s)
	}
	if s.state == Running {
		m.dequeue(s)
		s.state = Idle
		m.emit(StageFailed{Stage: s.spec.ID, Attempt: s.attempt, Retry: true,
			Reason: fmt.Sprintf("stage %d, not deterministic, lost outputs", lost.spec.ID)})
	}
}
