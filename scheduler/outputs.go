package scheduler

import (
	"slices"

	"github.com/weft-data/weft/dag"
)

// held is the list of outputs of one map stage that an executor has, threaded through
// parts.next. Losing an executor walks these lists and nothing else.
type held struct {
	stage *stage
	first int32
}

// hold notes where the output of a map task is.
func (m *Machine) hold(s *stage, u *run) {
	h := m.cluster.executors[u.executor].heldOf(s)
	if h.first == none {
		s.holders = append(s.holders, u.executor)
	}
	s.parts.winner[u.index] = u.attempt
	s.parts.next[u.index] = h.first
	h.first = u.index
}

// heldOf finds or begins the list of a stage. The newest stage is looked at first: it is the
// one that is running.
func (e *executor) heldOf(s *stage) *held {
	for i := len(e.held) - 1; i >= 0; i-- {
		if e.held[i].stage == s {
			return &e.held[i]
		}
	}
	e.held = append(e.held, held{stage: s, first: none})
	return &e.held[len(e.held)-1]
}

// outputIs says whether the output of a partition is the one made by that attempt there.
func (s *stage) outputIs(partition, attempt, x int32) bool {
	index, ok := s.index(partition)
	return ok && s.parts.made() && s.parts.state[index] == partDone &&
		s.parts.where[index] == x && s.parts.winner[index] == attempt
}

// loseOutputs gives up all outputs that an executor has.
func (m *Machine) loseOutputs(x int32) {
	e := &m.cluster.executors[x]
	for len(e.held) > 0 {
		m.loseHeld(e.held[0].stage, x)
	}
}

// outputsLostOnHost gives up what was written on a host. One without executors ever has nothing.
func (m *Machine) outputsLostOnHost(e OutputsLostOnHost) {
	h, known := m.cluster.byHost[e.Host]
	if !known {
		return
	}
	for _, x := range m.cluster.hosts[h].executors {
		m.cluster.executors[x].served = false // from now on it serves itself
		m.loseOutputs(x)
		m.distrust(x)
	}
}

// loseHeld gives up the outputs of one stage that an executor has.
func (m *Machine) loseHeld(s *stage, x int32) {
	first := m.cluster.executors[x].heldOf(s).first
	m.dropHeld(s, x)
	s.epoch++
	for i := first; i != none; {
		following := s.parts.next[i]
		m.loseOutput(s, i)
		i = following
	}
	m.rollBack(s)
}

// loseOutput makes a computed partition pending again. A running stage launches it at once;
// another one when a job needs it.
func (m *Machine) loseOutput(s *stage, index int32) {
	s.done--
	if s.state == Done {
		s.state = Idle
	}
	m.changes.recheck = true
	if s.commits != nil {
		s.commits[index] = 0
	}
	m.requeue(s, index)
}

// loseOne gives up one output and takes it out of its executor's list.
func (m *Machine) loseOne(s *stage, partition, x int32) {
	index, _ := s.index(partition)
	at := &m.cluster.executors[x].heldOf(s).first
	for *at != index {
		at = &s.parts.next[*at]
	}
	*at = s.parts.next[index]
	s.epoch++
	m.loseOutput(s, index)
	if m.cluster.executors[x].heldOf(s).first == none {
		m.dropHeld(s, x)
	}
	m.rollBack(s)
}

// dropHeld takes an executor's list of a stage away.
func (m *Machine) dropHeld(s *stage, x int32) {
	e := &m.cluster.executors[x]
	e.held = slices.DeleteFunc(e.held, func(h held) bool { return h.stage == s })
	s.holders = slices.DeleteFunc(s.holders, func(y int32) bool { return y == x })
	m.letGo(x)
}

// shuffleDropped gives up a shuffle's outputs wherever they are.
func (m *Machine) shuffleDropped(e ShuffleDropped) {
	s := m.shuffles[e.Shuffle]
	if s == nil {
		return
	}
	s.dropped = true
	for len(s.holders) > 0 {
		m.loseHeld(s, s.holders[0])
	}
	m.forget(s)
}

// Outputs tells where the outputs of a shuffle's map tasks are, by partition; some may be
// Missing. The epoch grows when an output is lost: an answer of an older epoch is out of
// date. It returns false for a shuffle that is not known.
func (m *Machine) Outputs(id dag.ShuffleID) (outputs []Output, epoch int64, ok bool) {
	s := m.shuffles[id]
	if s == nil {
		return nil, 0, false
	}
	outputs = make([]Output, s.spec.Tasks)
	for i := range outputs {
		outputs[i] = m.output(s, int32(i))
	}
	return outputs, s.epoch, true
}

// Epoch is the epoch of a shuffle's outputs without the outputs; see Outputs.
func (m *Machine) Epoch(id dag.ShuffleID) (epoch int64, ok bool) {
	s := m.shuffles[id]
	if s == nil {
		return 0, false
	}
	return s.epoch, true
}

func (m *Machine) output(s *stage, index int32) Output {
	if !s.parts.made() || s.parts.state[index] != partDone {
		return missing
	}
	return Output{
		Executor: m.cluster.executors[s.parts.where[index]].id,
		Attempt:  s.parts.winner[index],
	}
}
