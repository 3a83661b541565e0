package simulated

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/scheduler"
)

// show is an event as a line of the trace.
func show(e scheduler.Event) string {
	switch e := e.(type) {
	case scheduler.JobSubmitted:
		return fmt.Sprintf("job %d submitted to pool %q, stages %s", e.Job.ID, e.Job.Pool, showStages(e))
	case scheduler.JobCancelled:
		return fmt.Sprintf("job %d cancelled: %s", e.Job, e.Reason)
	case scheduler.ExecutorAdded:
		return fmt.Sprintf("%s added on %s in %s, slots %d", e.Executor, e.Host, e.Rack, e.Slots)
	case scheduler.ExecutorLost:
		return fmt.Sprintf("%s lost: %s (by the application: %v)", e.Executor, e.Reason, e.CausedByApp)
	case scheduler.TasksEnded:
		return fmt.Sprintf("%s reports%s", e.Executor, showEnds(e.Ends))
	case scheduler.CommitAsked:
		return fmt.Sprintf("%s asks to commit", e.Task)
	}
	return fmt.Sprintf("%T %+v", e, e)
}

func showStages(e scheduler.JobSubmitted) string {
	var b strings.Builder
	for i := range e.Job.Stages {
		s := &e.Job.Stages[i]
		fmt.Fprintf(&b, "%d:%d", s.ID, s.Computed())
		for _, p := range s.Parents {
			fmt.Fprintf(&b, "<%d", p.Shuffle)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func showEnds(ends []scheduler.TaskEnd) string {
	var b strings.Builder
	for i := range ends {
		e := &ends[i]
		fmt.Fprintf(&b, " %s %s in %s", e.Task, e.Outcome, e.Duration)
		if e.Failure != nil {
			fmt.Fprintf(&b, " (%s)", e.Failure.Message)
		}
		if f := e.Fetch; f != nil {
			fmt.Fprintf(&b, " (shuffle %d map %d attempt %d on %s: %s)",
				f.Shuffle, f.Map, f.Attempt, f.Executor, f.Message)
		}
		b.WriteByte(';')
	}
	return b.String()
}
