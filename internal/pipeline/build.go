package pipeline

import (
	"context"
	"maps"
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/plan"
)

// Stream pushes every record of one partition into emit, in order, and returns when the partition
// is done. The error is the source's; what consumers find wrong goes to Build.Fail.
type Stream[T any] func(emit func(T)) error

// Node is a dataset of the stage while one of its partitions is wired.
type Node struct {
	*plan.FragmentNode
	Partition int
}

// Target is the end of the stage.
type Target struct {
	*plan.Target
	Partition int
}

// Wide is an input of a wide operator: a shuffle to read, or the stream of a co-partitioned input.
type Wide struct {
	Shuffle dag.ShuffleID
	Stream  any // nil when a shuffle is read
}

// Build is one task while it is wired and run.
type Build struct {
	Ctx  context.Context
	Task *executor.Task

	// At is the index of the operator whose user function runs now; a panic is blamed on it.
	// It is an index, not a pointer, because it is written for every record and pointers cost
	// a write barrier.
	At    int
	steps []*Step

	// Counters are filled by sources and sinks.
	Counters executor.Counters
	partials map[string]Partial

	stopped bool
	err     error
}

// Step is one operator of a task that runs user code.
type Step struct {
	ID      int
	Records int64 // taken in so far, so the number of the one in work, from 1
	label   string
}

// Partial is one task's part of an accumulator.
type Partial interface{ Encode() []byte }

// Partial returns the task's part of the accumulator with the given identity, made by fresh at
// first use.
func (b *Build) Partial(id string, fresh func() Partial) Partial {
	if b.partials == nil {
		b.partials = map[string]Partial{}
	}
	if b.partials[id] == nil {
		b.partials[id] = fresh()
	}
	return b.partials[id]
}

// accumulators encodes the parts in the order of their identities.
func (b *Build) accumulators() []executor.Accumulator {
	var out []executor.Accumulator
	for _, id := range slices.Sorted(maps.Keys(b.partials)) {
		out = append(out, executor.Accumulator{ID: id, Value: b.partials[id].Encode()})
	}
	return out
}

// Enter adds a step that runs user code under the given label.
func (b *Build) Enter(label string) *Step {
	s := &Step{ID: len(b.steps), label: label}
	b.steps = append(b.steps, s)
	return s
}

// Take marks that the step's user function begins on its next record.
func (b *Build) Take(s *Step) {
	s.Records++
	b.At = s.ID
}

// Fail ends the task with err, soon: sources stop at their next batch, and records on their way are
// dropped by consumers. Only the first error is kept.
func (b *Build) Fail(err error) {
	if b.err == nil {
		b.err = err
	}
	b.stopped = true
}

// FailUser is Fail for an error that the user's function returned.
func (b *Build) FailUser(err error) {
	if b.err == nil {
		b.Fail(b.userError(err.Error(), ""))
	}
}

// Stop ends the task early without an error: its target has all it wants.
func (b *Build) Stop() { b.stopped = true }

// Stopped tells sources to end, and consumers to drop what still comes.
func (b *Build) Stopped() bool { return b.stopped || b.Ctx.Err() != nil }

// Dropped is Stopped without the look at the context, cheap enough for every record.
func (b *Build) Dropped() bool { return b.stopped }

// userError blames the operator in work.
func (b *Build) userError(message, stack string) *executor.UserError {
	e := &executor.UserError{Partition: int(b.Task.Partition), Message: message, Stack: stack}
	if b.At < len(b.steps) {
		e.Operator, e.Record = b.steps[b.At].label, b.steps[b.At].Records
	}
	return e
}
