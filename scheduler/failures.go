package scheduler

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/dag"
)

// failed counts a failure of a task and runs it again, unless it failed too often.
func (m *Machine) failed(u *run, f *Failure) {
	if f == nil {
		f = &Failure{Record: -1, Message: "no reason given"}
	}
	s := u.stage
	s.note(TaskFailure{
		Task:     s.task(u.index, u.attempt),
		Executor: m.cluster.executors[u.executor].id,
		Host:     m.hostOf(u.executor),
		Failure:  *f,
	})
	s.parts.failures[u.index]++
	m.failedAt(s, u.index, u.executor)
	m.again(s, u.index, u.self)
	switch n := int(s.parts.failures[u.index]); {
	case f.Final:
		m.abortTask(s, u.index, "failed in a way that another try cannot mend")
	case n >= m.conf.MaxFailures:
		m.abortTask(s, u.index, fmt.Sprintf("failed %d times", n))
	}
}

func (m *Machine) hostOf(x int32) string {
	return m.cluster.hosts[m.cluster.executors[x].host].name
}

// keptFailures bounds how many failures a stage remembers for the story of its end.
const keptFailures = 64

func (s *stage) note(f TaskFailure) {
	if len(s.failures) == keptFailures {
		s.failures = slices.Delete(s.failures, 0, 1)
	}
	s.failures = append(s.failures, f)
}

// failuresOf are the remembered failures of one partition.
func (s *stage) failuresOf(partition int32) []TaskFailure {
	var list []TaskFailure
	for _, f := range s.failures {
		if f.Task.Partition == partition {
			list = append(list, f)
		}
	}
	return list
}

func (m *Machine) abortTask(s *stage, index int32, reason string) {
	p := s.partition(index)
	m.abort(s, JobError{
		Kind:      TaskFailures,
		Partition: p,
		Reason:    fmt.Sprintf("task %d.%d %s", s.spec.ID, p, reason),
		Failures:  s.failuresOf(p),
	})
}

// abort fails the stage's jobs when the event is settled.
func (m *Machine) abort(s *stage, err JobError) {
	err.Stage, err.StageName = s.spec.ID, s.spec.Name
	m.changes.abort = append(m.changes.abort, abort{stage: s, err: err})
}

// abortStage fails every job that needs the stage, oldest first.
func (m *Machine) abortStage(a *abort) {
	s := a.stage
	if !s.needed() || s.state == Done {
		return
	}
	m.emit(StageFailed{Stage: s.spec.ID, Attempt: s.attempt, Reason: a.err.Reason})
	for _, id := range slices.Clone(s.jobs) {
		err := a.err
		err.Job = id
		m.failJob(id, &err)
	}
	s.clearCounts()
}

func (m *Machine) failJob(id dag.JobID, err *JobError) {
	if i, found := m.findJob(id); found {
		m.endJob(m.jobs[i], err, fmt.Sprintf("job %d failed: stage %d: %s", id, err.Stage, err.Reason))
	}
}

// clearCounts forgets what was counted against a stage whose jobs failed, so that a later job
// over the same shuffle has all of its tries.
func (s *stage) clearCounts() {
	clear(s.parts.failures)
	s.fetchFailed = 0
	s.failures = nil
	s.excl = nil
}

// loseRuns ends the runs of a lost executor. If the application is to blame, that counts as a
// failure of the tasks that were running; those still queued behind them had not begun.
func (m *Machine) loseRuns(x int32, e ExecutorLost) {
	ex := &m.cluster.executors[x]
	running := ex.load - ex.queued
	f := Failure{Record: -1, Message: fmt.Sprintf("executor %s lost: %s", e.Executor, e.Reason)}
	for n := 0; ex.firstRun != none; n++ {
		r := ex.firstRun
		u := m.endRun(r)
		u.stage.releaseCommit(&u)
		switch {
		case u.killed:
			m.forget(u.stage)
		case e.CausedByApp && n < running:
			m.failed(&u, &f)
		default:
			m.again(u.stage, u.index, u.self)
		}
	}
}
