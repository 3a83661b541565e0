package scheduler

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/dag"
)

// FailKind is the rule by which a job failed.
type FailKind uint8

// The kinds of a JobError.
const (
	TaskFailures  FailKind = iota // a task failed too often, or for good
	FetchFailures                 // a stage lost its input too often
	Cancelled                     // somebody asked for it
	Inconsistent                  // a lost stage cannot give the records again that were used
	Unschedulable                 // no executor is left that it is not excluded from
)

// JobError is why a job failed.
type JobError struct {
	Job       dag.JobID
	Kind      FailKind
	Stage     dag.StageID // -1 with Cancelled
	StageName string
	Partition int32 // with TaskFailures, and with Unschedulable unless it is about all, then -1
	Reason    string
	// Failures are the last failures of the task, oldest first.
	Failures []TaskFailure
}

// TaskFailure is one failed attempt that led to a JobError.
type TaskFailure struct {
	Task     dag.Task
	Executor ExecutorID
	Host     string
	Failure  Failure
}

// Error gives the whole story in one line.
func (e *JobError) Error() string {
	if e.Kind == Cancelled {
		return fmt.Sprintf("job %d cancelled: %s", e.Job, e.Reason)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "job %d failed: stage %d", e.Job, e.Stage)
	if e.StageName != "" {
		fmt.Fprintf(&b, " (%s)", e.StageName)
	}
	fmt.Fprintf(&b, ": %s", e.Reason)
	if n := len(e.Failures); n > 0 {
		fmt.Fprintf(&b, "; last: %s", e.Failures[n-1])
	}
	return b.String()
}

// String tells where an attempt failed and why.
func (f TaskFailure) String() string {
	where := f.Executor.String()
	if f.Host != "" {
		where += " (" + f.Host + ")"
	}
	return fmt.Sprintf("%s (partition %d) on %s: %s", f.Task, f.Task.Partition, where, f.Failure)
}

// String tells why without the stack.
func (f Failure) String() string {
	switch {
	case f.Operator == "":
		return f.Message
	case f.Record < 0:
		return fmt.Sprintf("operator %s: %s", f.Operator, f.Message)
	}
	return fmt.Sprintf("operator %s, record %d: %s", f.Operator, f.Record, f.Message)
}
