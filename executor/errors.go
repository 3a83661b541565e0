package executor

import (
	"errors"
	"fmt"
)

// UserError says that the user's code failed: an operator panicked or returned an error. It
// travels to the driver with its fields.
type UserError struct {
	Operator  string // "flatMap at wordcount.go:21"
	Partition int
	Record    int64 // number of the record in the operator's input; -1 where there is none
	Message   string
	Stack     string // Go stack of a panic, for the log; may be ""
}

// Error names the operator, the partition, the record and what went wrong.
func (e *UserError) Error() string {
	s := "user code"
	if e.Operator != "" {
		s = "operator " + e.Operator
	}
	s += fmt.Sprintf(", partition %d", e.Partition)
	if e.Record >= 0 {
		s += fmt.Sprintf(", record %d", e.Record)
	}
	return s + ": " + e.Message
}

// Errors that decide what the driver does about a task.
var (
	// ErrKilled is the cause of a task's context that ended because the driver killed the
	// task: its stage is over, or a twin was faster.
	ErrKilled = errors.New("killed by the driver")

	// ErrStopped is the cause of a task's context that ended with its executor.
	ErrStopped = errors.New("the executor stops")

	// ErrCommitDenied is wrapped by the error of Commit when the driver refused.
	ErrCommitDenied = errors.New("commit denied")
)

// Final marks an error as one that another attempt cannot avoid: the job fails at once instead of
// after weft.task.maxFailures attempts.
func Final(err error) error { return &finalError{err} }

type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }
