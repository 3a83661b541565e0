package am

import (
	"fmt"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/scheduler"
)

// perform does what the machine decided. It is the only place from which the loop reaches the
// world, and all it does is to put messages into mailboxes.
func (l *loop) perform(a scheduler.Action) {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		l.launchTasks(a)
	case scheduler.KillTasks:
		l.killTasks(a)
	case scheduler.TasksAccepted:
		l.accept(a)
	case scheduler.AnswerCommit:
		l.answerCommit(a)
	case scheduler.StageStarted:
		l.history.started(a, l.stageName(a.Stage))
		l.Log.Debug("stage started", "stage", a.Stage, "attempt", a.Attempt, "tasks", a.Tasks)
	case scheduler.StageFinished:
		l.history.finished(a.Stage)
		l.Log.Debug("stage finished", "stage", a.Stage, "attempt", a.Attempt)
	case scheduler.StageFailed:
		l.history.finished(a.Stage)
		l.stageFailed(a)
	case scheduler.JobFinished:
		l.jobFinished(a)
	case scheduler.WantExecutors:
		l.wantExecutors(a)
	case scheduler.ReleaseExecutors:
		l.releaseExecutors(a)
	case scheduler.HostsExcluded:
		l.hostsExcluded(a)
	case scheduler.WakeAt:
		l.wake = a.Time
	default:
		panic(fmt.Sprintf("am: the scheduler wants %T", a))
	}
}

// stageFailed is worth a warning where the work goes on; otherwise the job's error says it all.
func (l *loop) stageFailed(a scheduler.StageFailed) {
	level := hclog.Debug
	if a.Retry {
		level = hclog.Warn
	}
	l.Log.Log(level, "stage failed", "stage", a.Stage, "attempt", a.Attempt,
		"retry", a.Retry, "reason", a.Reason)
}

// launchTasks sends ranges, and before the first of a stage its template.
func (l *loop) launchTasks(a scheduler.LaunchTasks) {
	e := l.executor(a.Executor)
	if e == nil {
		return
	}
	l.starving.fed(l.now())
	ranges := make([]int32, 0, 3*len(a.Ranges))
	for _, r := range a.Ranges {
		ranges = append(ranges, r.First, r.Count, r.Attempt)
	}
	e.begun(l.now(), a.Ranges)
	if e.gone { // its tasks never begin; see settleLost
		e.unsent = append(e.unsent, unsent{a.Stage, a.Ranges})
		return
	}
	l.sendTemplate(e, a.Stage)
	e.conn.out.put(&control.ToExecutor{Message: &control.ToExecutor_Launch{
		Launch: &control.LaunchTasks{
			Stage: int32(a.Stage), StageAttempt: a.StageAttempt, Epoch: l.epoch, Ranges: ranges,
			Spread: len(l.hosts) > 1,
		},
	}})
}

func (l *loop) killTasks(a scheduler.KillTasks) {
	e := l.executor(a.Executor)
	if e == nil || e.gone {
		return
	}
	tasks := make([]int32, 0, 3*len(a.Tasks))
	for _, t := range a.Tasks {
		tasks = append(tasks, int32(t.Stage), t.Partition, t.Attempt)
	}
	e.conn.out.put(&control.ToExecutor{Message: &control.ToExecutor_Kill{
		Kill: &control.KillTasks{Tasks: tasks, Reason: a.Reason, Queued: a.Queued},
	}})
}

// everyone sends a message to all registered executors.
func (l *loop) everyone(m *control.ToExecutor) {
	for _, e := range l.executors {
		if e != nil && e.conn != nil && !e.gone {
			e.conn.out.put(m)
		}
	}
}
