package scheduler

import (
	"cmp"
	"slices"

	"github.com/weft-data/weft/dag"
)

// changes collects what an event calls for until all of the event is known: a batch may hold
// the end of a stage and three fetch failures of the next, and each must be acted on once.
type changes struct {
	accepted []dag.Task
	from     ExecutorID // that accepted came from
	finished []*stage   // all partitions computed
	abort    []abort
	retry    []*stage // lost their input
	recheck  bool     // availability of some stage changed: look at the waiting ones
	kills    []kill
}

type abort struct {
	stage *stage
	err   JobError
}

// settle acts on the changes of one event, in the order a caller needs them: results before
// the end of their stage, ends before new beginnings.
func (m *Machine) settle() {
	m.acceptTasks()
	for len(m.changes.finished) > 0 || len(m.changes.abort) > 0 || len(m.changes.retry) > 0 ||
		m.changes.recheck {
		m.finishStages()
		m.abortStages()
		m.retryStages()
		m.recheckWaiting()
	}
	m.flushKills()
}

func (m *Machine) acceptTasks() {
	if len(m.changes.accepted) == 0 {
		return
	}
	m.emit(TasksAccepted{Executor: m.changes.from, Tasks: m.changes.accepted})
	m.changes.accepted = nil
}

func (m *Machine) finishStages() {
	finished := m.changes.finished
	m.changes.finished = nil
	for _, s := range finished {
		if s.complete() && s.state != Done {
			m.stageFinished(s)
		}
	}
}

func (m *Machine) abortStages() {
	aborts := m.changes.abort
	m.changes.abort = nil
	for i := range aborts {
		m.abortStage(&aborts[i])
	}
}

// retryStages submits the stages that lost their input, lowest id first. Their missing
// parents go before them.
func (m *Machine) retryStages() {
	retry := m.changes.retry
	m.changes.retry = nil
	slices.SortFunc(retry, func(a, b *stage) int { return cmp.Compare(a.spec.ID, b.spec.ID) })
	for _, s := range retry {
		if s.needed() {
			m.submit(s)
		}
	}
}

// recheckWaiting lets waiting stages start whose last parent became available, and asks for
// parents that were available before and no longer are.
func (m *Machine) recheckWaiting() {
	if !m.changes.recheck {
		return
	}
	m.changes.recheck = false
	for _, s := range slices.Clone(m.waiting) {
		m.submit(s)
	}
}
