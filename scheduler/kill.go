package scheduler

import (
	"cmp"
	"slices"

	"github.com/weft-data/weft/dag"
)

// kill is one task to be stopped.
type kill struct {
	executor ExecutorID
	task     dag.Task
	reason   string
	queued   bool // only if it has not begun
}

// killRuns stops all runs of a stage. What they computed on is pending again.
func (m *Machine) killRuns(s *stage, reason string) {
	for r := s.firstRun; r != none; r = m.runs.table[r].nextOfStage {
		if !m.runs.table[r].killed {
			m.killRun(r, reason)
		}
	}
}

func (m *Machine) killRun(r int32, reason string) {
	u := &m.runs.table[r]
	s := u.stage
	u.killed = true
	if m.runs.stopped == nil {
		m.runs.stopped = make(map[int32]string)
	}
	m.runs.stopped[r] = reason
	s.live--
	m.changes.kills = append(m.changes.kills, kill{
		executor: m.cluster.executors[u.executor].id,
		task:     s.task(u.index, u.attempt),
		reason:   reason,
	})
	if s.computes(u.index, r) {
		m.again(s, u.index, r)
	}
}

// flushKills sends one list to each executor, in order of executor and task.
func (m *Machine) flushKills() {
	kills := m.changes.kills
	m.changes.kills = nil
	slices.SortStableFunc(kills, func(a, b kill) int {
		return cmp.Or(cmp.Compare(a.executor, b.executor), cmp.Compare(a.reason, b.reason),
			cmp.Compare(a.task.Stage, b.task.Stage), cmp.Compare(a.task.Partition, b.task.Partition))
	})
	for len(kills) > 0 {
		n := sameKill(kills)
		tasks := make([]dag.Task, n)
		for i := range tasks {
			tasks[i] = kills[i].task
		}
		m.emit(KillTasks{Executor: kills[0].executor, Tasks: tasks, Reason: kills[0].reason,
			Queued: kills[0].queued})
		kills = kills[n:]
	}
}

// sameKill counts the leading kills that travel together.
func sameKill(kills []kill) int {
	n := slices.IndexFunc(kills, func(k kill) bool {
		return k.executor != kills[0].executor || k.reason != kills[0].reason
	})
	if n < 0 {
		return len(kills)
	}
	return n
}
