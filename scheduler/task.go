package scheduler

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/dag"
)

// Why tells what is known of one partition of a stage: why it waits, where it runs and why there,
// why an attempt was told to stop, and how it failed before. It is for people, and looks
// through all that the stage runs.
func (m *Machine) Why(id dag.StageID, partition int32) string {
	s := m.stages[id]
	if s == nil {
		return fmt.Sprintf("stage %d is not known, or over", id)
	}
	index, ok := s.index(partition)
	if !ok {
		return fmt.Sprintf("stage %d does not compute partition %d", id, partition)
	}
	story := append(m.whyPartition(s, index), m.whyRuns(s, index)...)
	for _, f := range s.failuresOf(partition) {
		story = append(story, f.String())
	}
	return strings.Join(story, "\n")
}

// whyPartition is the state of a partition apart from its runs.
func (m *Machine) whyPartition(s *stage, index int32) []string {
	name := fmt.Sprintf("task %d.%d", s.spec.ID, s.partition(index))
	switch {
	case !s.parts.made() || s.parts.state[index] == partPending:
		return []string{fmt.Sprintf("%s is pending: %s", name, m.whyTaskPending(s, index))}
	case s.parts.state[index] == partDone && s.spec.Result():
		return []string{name + " is done"}
	case s.parts.state[index] == partDone:
		x := s.parts.where[index]
		return []string{fmt.Sprintf("%s is done: its output is on %s, by attempt %d",
			name, m.cluster.executors[x].id, s.parts.winner[index])}
	}
	return nil
}

// whyTaskPending is the stage's reason, or the task's own if failures keep it from executors.
func (m *Machine) whyTaskPending(s *stage, index int32) string {
	var kept []string
	for x := range m.cluster.executors {
		e := &m.cluster.executors[x]
		if e.alive && s.profile.on(e) && (m.refuses(s, int32(x)) || m.refusesTask(s, index, int32(x))) {
			kept = append(kept, e.id.String())
		}
	}
	why := m.why(s)
	if len(kept) > 0 {
		why += "; kept from " + strings.Join(kept, ", ") + " after failures there or on the host"
	}
	return why
}

func (m *Machine) whyRuns(s *stage, index int32) (story []string) {
	for r := s.lastRun; r != none; r = m.runs.table[r].prevOfStage {
		u := &m.runs.table[r]
		if u.index != index {
			continue
		}
		where := TaskRange{Locality: u.near, Copy: u.twin}
		line := fmt.Sprintf("%s was sent to %s at %s: %s", s.task(index, u.attempt),
			m.cluster.executors[u.executor].id, u.at, where.Why())
		if u.killed {
			line += "; told to stop: " + m.runs.stopped[r]
		}
		story = append(story, line)
	}
	return story
}
