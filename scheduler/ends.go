package scheduler

import (
	"time"

	"github.com/weft-data/weft/dag"
)

// tasksEnded goes through a batch. What is not running on that executor is late or repeated
// news, and ignored: the machine let go of it before.
func (m *Machine) tasksEnded(e TasksEnded) {
	x, known := m.cluster.byID[e.Executor]
	if !known || !m.cluster.executors[x].alive {
		return
	}
	m.changes.from = e.Executor
	m.countRead(e.Read)
	for i := range e.Ends {
		if r := m.findRun(x, e.Ends[i].Task); r != none {
			m.taskEnded(r, &e.Ends[i])
		}
	}
}

// findRun looks through an executor's runs, oldest first. Executors run tasks in the order
// they got them, so the search ends among as many as they have slots.
func (m *Machine) findRun(x int32, t dag.Task) int32 {
	for r := m.cluster.executors[x].firstRun; r != none; r = m.runs.table[r].nextOfExecutor {
		u := &m.runs.table[r]
		if u.attempt == t.Attempt && u.stage.spec.ID == t.Stage &&
			u.stage.partition(u.index) == t.Partition {
			return r
		}
	}
	return none
}

func (m *Machine) taskEnded(r int32, end *TaskEnd) {
	u := m.endRun(r)
	s := u.stage
	if end.Outcome != Success || u.killed || u.stale {
		s.releaseCommit(&u)
	}
	if u.killed {
		m.forget(s)
		return
	}
	switch end.Outcome {
	case Success:
		m.succeeded(&u, end)
	case Failed:
		m.failed(&u, end.Failure)
	case FetchFailed:
		m.fetchFailed(&u, end.Fetch)
	default: // killed or denied: not the task's fault, it runs again
		m.again(s, u.index, u.self)
	}
}

// measure learns from the time that a task took.
func (m *Machine) measure(s *stage, d time.Duration) {
	s.measure(d)
	m.ended.tasks++
	m.ended.time += max(d, 0)
	if s.watched {
		s.times.add(d)
		s.pace.time += d
		m.slow.changed = true
	}
}

// succeeded accepts a result, once for each partition.
func (m *Machine) succeeded(u *run, end *TaskEnd) {
	s := u.stage
	m.measure(s, end.Duration)
	if u.stale {
		m.again(s, u.index, u.self)
		return
	}
	s.parts.state[u.index] = partDone
	if twin := m.parted(s, u.index, u.self); twin != none {
		m.killRun(twin, "another attempt succeeded")
	}
	s.parts.where[u.index] = u.executor
	s.parts.failures[u.index] = 0
	s.done++
	if !s.spec.Result() {
		m.hold(s, u)
		s.keepSizes(u.index, end.Sizes)
	}
	m.changes.accepted = append(m.changes.accepted, s.task(u.index, u.attempt))
	if s.complete() {
		m.changes.finished = append(m.changes.finished, s)
	}
}
