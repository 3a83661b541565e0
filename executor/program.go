package executor

import (
	"context"

	"github.com/weft-data/weft/shuffle"
)

// Program is the user's program as an executor sees it. Its methods may be called from any
// goroutine.
type Program interface {
	// Manifest identifies the program's operators, types and codec versions. Driver and
	// executors must have equal ones. It is one line for each thing it names, so that a
	// difference can be shown; a hash is the shortest form of that.
	Manifest() string

	// Load prepares a stage from its template, once in each executor that runs tasks of it.
	Load(template []byte) (Stage, error)
}

// Stage runs tasks of one stage.
type Stage interface {
	// Run runs one task and returns soon after ctx ends. It is called from all slots at
	// once, each time with a Task of its own. A panic is caught and reported as a UserError.
	Run(ctx context.Context, t *Task) (Result, error)
}

// Result is what a task leaves behind.
type Result struct {
	// Value is the encoded result of a result task. It may be large; the executor owns it.
	Value []byte
	// Output is the map output of a map task.
	Output *shuffle.Output
	// Counters are added up by the driver, over all tasks of the stage.
	Counters Counters
	// Accumulators are merged by the driver exactly once for each successful partition.
	Accumulators []Accumulator
}

// Counters say how much a task did.
type Counters struct {
	RecordsIn, RecordsOut int64
	BytesIn, BytesOut     int64 // read from sources, written to sinks
	FetchedLocal          int64 // bytes of map output read from this host's disks
	FetchedRemote         int64 // bytes of map output that came over the network
	FetchWait             int64 // nanoseconds in which the task waited for map output
	ShuffleRecords        int64 // records of the map output it wrote
	ShuffleBytes          int64 // bytes of the map output it wrote
	SpilledBytes          int64
}

// Accumulator is one task's part of an accumulator's value.
type Accumulator struct {
	ID    string
	Value []byte
}
