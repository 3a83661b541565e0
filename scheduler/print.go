package scheduler

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/resource"
)

func (a LaunchTasks) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "launch on %s stage %d.%d:", a.Executor, a.Stage, a.StageAttempt)
	for i, r := range a.Ranges {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %s", r)
	}
	return b.String()
}

// String gives "4-7", with the attempt if it is not the first and the locality if it matters.
func (r TaskRange) String() string {
	s := fmt.Sprint(r.First)
	if r.Count > 1 {
		s = fmt.Sprintf("%d-%d", r.First, r.First+r.Count-1)
	}
	if r.Attempt > 0 {
		s += fmt.Sprintf(" attempt %d", r.Attempt)
	}
	if r.Copy {
		s += " copy"
	}
	if r.Locality != NoPref {
		s += " (" + r.Locality.String() + ")"
	}
	return s
}

func (a KillTasks) String() string {
	if a.Queued {
		return fmt.Sprintf("take back from %s %s: %s", a.Executor, taskList(a.Tasks), a.Reason)
	}
	return fmt.Sprintf("kill on %s %s: %s", a.Executor, taskList(a.Tasks), a.Reason)
}

func (a TasksAccepted) String() string {
	return fmt.Sprintf("accept from %s %s", a.Executor, taskList(a.Tasks))
}

func (a AnswerCommit) String() string {
	if a.Granted {
		return fmt.Sprintf("commit granted to %s", a.Task)
	}
	return fmt.Sprintf("commit denied to %s: %s", a.Task, a.Why)
}

func (a StageStarted) String() string {
	return fmt.Sprintf("stage %d.%d started, tasks %d", a.Stage, a.Attempt, a.Tasks)
}

func (a StageFinished) String() string {
	return fmt.Sprintf("stage %d.%d finished", a.Stage, a.Attempt)
}

func (a StageFailed) String() string {
	then := "for good"
	if a.Retry {
		then = "to be retried"
	}
	return fmt.Sprintf("stage %d.%d failed, %s: %s", a.Stage, a.Attempt, then, a.Reason)
}

func (a JobFinished) String() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	return fmt.Sprintf("job %d finished", a.Job)
}

func (a WantExecutors) String() string {
	words := make([]string, len(a.Wants))
	for i, w := range a.Wants {
		words[i] = w.String()
	}
	return "want executors: " + strings.Join(words, "; ")
}

// String gives "3 of profile 1, 1 spare, near h1 (2), h2 (1)"; of the default profile the number is
// enough.
func (w Want) String() string {
	s := fmt.Sprint(w.Count)
	if w.Profile != resource.Default {
		s += fmt.Sprintf(" of profile %d", w.Profile)
	}
	if w.Spare > 0 {
		s += fmt.Sprintf(", %d spare", w.Spare)
	}
	for i, h := range w.Hosts {
		if i == 0 {
			s += ", near"
		} else {
			s += ","
		}
		s += fmt.Sprintf(" %s (%d)", h.Host, h.Count)
	}
	return s
}

func (a HostsExcluded) String() string {
	if len(a.Hosts) == 0 {
		return "no host is excluded"
	}
	return "hosts excluded: " + strings.Join(a.Hosts, ", ")
}

func (a ReleaseExecutors) String() string {
	words := make([]string, len(a.Executors))
	for i, x := range a.Executors {
		words[i] = x.String()
	}
	return "release " + strings.Join(words, ", ")
}

func (a WakeAt) String() string { return fmt.Sprintf("wake at %s", a.Time) }
