package scheduler

import (
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/pool"
)

// Event is something that happened outside the machine. The types in this file are all there
// are; each is plain data, so that a run's events can be stored and stepped through again.
type Event interface{ event() }

// JobSubmitted brings a new action. Stages the machine knows from earlier jobs are shared.
type JobSubmitted struct{ Job dag.Job }

// JobCancelled ends a job before its time. Unknown and ended jobs are ignored, because the
// request may cross the job's end on its way.
type JobCancelled struct {
	Job    dag.JobID
	Reason string
}

// ExecutorAdded says that an executor registered and may get tasks.
type ExecutorAdded struct {
	Executor ExecutorID
	Host     string
	Rack     string // "" where racks are not known
	Slots    int    // tasks of its profile that it runs at once, at least 1
	Profile  resource.ID
	// Served says that a service on its node has its map outputs, also when it is gone.
	Served bool
}

// ProfileAdded says what a resource profile is. Each has the number after the last; the default
// one, 0, is there from the start with tasks of one cpu, and may be told before any executor.
type ProfileAdded struct {
	ID    resource.ID
	Shape resource.Shape
}

// ExecutorLost says that an executor is gone for good; its id never comes back.
type ExecutorLost struct {
	Executor ExecutorID
	Reason   string
	// CausedByApp counts the loss as a failure of the tasks that ran there: killed for memory,
	// crashed. A preempted container or a dead machine is nobody's fault.
	CausedByApp bool
	// OutputsLost drops the map outputs it wrote. It is false where a service on the node
	// still has them.
	OutputsLost bool
}

// ExecutorDecommissioning says that an executor will be lost soon, with its node or by itself. It
// gets no more tasks; those it has go on, and its outputs are read while it lives.
type ExecutorDecommissioning struct{ Executor ExecutorID }

// OutputsLostOnHost drops the map outputs of all executors, living or lost, that are or were on a
// host: its machine is gone, or the service that kept them.
type OutputsLostOnHost struct {
	Host   string
	Reason string
}

// TasksEnded is a batch of ended tasks of one executor, in the order they ended.
type TasksEnded struct {
	Executor ExecutorID
	Ends     []TaskEnd
	// Read is how many records the successful tasks of each stage read, where that is counted.
	Read []StageRecords `json:",omitempty"`
}

// StageRecords is a number of records read in a stage.
type StageRecords struct {
	Stage   dag.StageID
	Records int64
}

// TasksProgressed says how many records running tasks have read, now and then.
type TasksProgressed struct {
	Executor ExecutorID
	Tasks    []TaskProgress
}

// TaskProgress is how many records one running task has read.
type TaskProgress struct {
	Task    dag.Task
	Records int64
}

// Outcome is how a task ended.
type Outcome uint8

// The outcomes. Only Failed counts towards the limit on a task's failures.
const (
	Success      Outcome = iota // it has a result, or its map output is in place
	Failed                      // the user's code or the executor failed; see TaskEnd.Failure
	Killed                      // it was told to stop, or stopped with its executor
	FetchFailed                 // it could not read a map output; see TaskEnd.Fetch
	CommitDenied                // it was refused permission to commit
)

// String names the outcome as scripts and logs write it.
func (o Outcome) String() string {
	names := [...]string{"success", "failed", "killed", "fetch-failed", "commit-denied"}
	if int(o) < len(names) {
		return names[o]
	}
	return "unknown outcome"
}

// TaskEnd is the end of one task.
type TaskEnd struct {
	Task    dag.Task
	Outcome Outcome
	// Duration is how long it ran, waiting in the executor's queue left out.
	Duration time.Duration
	// Sizes are those of a map output's partitions, each a dag.LogSize; empty where they are not
	// known. See TracksSizes.
	Sizes   []byte        `json:",omitempty"`
	Failure *Failure      // with Failed; may be nil
	Fetch   *FetchFailure // with FetchFailed; nil means that nothing is known
}

// Failure is why a task failed, still typed.
type Failure struct {
	Operator string // the user's operator, "" when the engine itself failed
	Record   int64  // its record number in the partition, or -1
	Message  string
	Stack    string
	// Final says that another try cannot help: a result that cannot be encoded, an output
	// file that is already there. The job fails at once.
	Final bool
}

// FetchFailure names the map output that a task could not read.
type FetchFailure struct {
	Shuffle dag.ShuffleID
	// Map is the partition of the map stage; -1 where the task found that it had no place to
	// read from at all, as after all outputs were dropped.
	Map int32
	// Attempt and Executor are the ones the task was told of. News about an output that was
	// replaced in between drops nothing.
	Attempt  int32
	Executor ExecutorID
	// OneBlock says that the executor answered and only this output is bad (a checksum, a
	// missing file). Otherwise all outputs of the executor are taken as lost. Where a service on
	// its host was asked, an OutputsLostOnHost comes first.
	OneBlock bool
	// Others are the map tasks, beside Map, whose outputs lie in the same bad file. They have
	// the same attempt.
	Others  []int32
	Message string
}

// BlocksCached says that an executor now holds blocks of a persisted dataset.
type BlocksCached struct {
	Executor   ExecutorID
	Dataset    dag.DatasetID
	Partitions []int32
}

// BlocksDropped says that an executor no longer holds blocks: evicted or lost with a disk.
type BlocksDropped struct {
	Executor   ExecutorID
	Dataset    dag.DatasetID
	Partitions []int32
}

// DatasetUnpersisted forgets all blocks of a dataset.
type DatasetUnpersisted struct{ Dataset dag.DatasetID }

// ShuffleDropped forgets a shuffle and its outputs: the driver can no longer refer to it.
// A stage that still needs it computes it again.
type ShuffleDropped struct{ Shuffle dag.ShuffleID }

// CommitAsked is a task's question whether it may publish its output. Asking twice is
// harmless: the same attempt gets the same answer.
type CommitAsked struct{ Task dag.Task }

// PoolsChanged tells what the allocation file says of pools, at the start or later. Pools in use
// that it does not name fall back to the defaults. In mode FIFO there are no pools, and it only
// has to be valid.
type PoolsChanged struct {
	Pools []pool.Spec
	// NoFile says that there is no file: then the jobs of the pool "default" share it fairly,
	// while a file that says nothing of it leaves it FIFO.
	NoFile bool
}

// Tick lets time pass without other news; the caller sends it when WakeAt's moment came.
type Tick struct{}

func (JobSubmitted) event()            {}
func (JobCancelled) event()            {}
func (ExecutorAdded) event()           {}
func (ProfileAdded) event()            {}
func (ExecutorLost) event()            {}
func (ExecutorDecommissioning) event() {}
func (OutputsLostOnHost) event()       {}
func (TasksEnded) event()              {}
func (TasksProgressed) event()         {}
func (BlocksCached) event()            {}
func (BlocksDropped) event()           {}
func (DatasetUnpersisted) event()      {}
func (ShuffleDropped) event()          {}
func (CommitAsked) event()             {}
func (PoolsChanged) event()            {}
func (Tick) event()                    {}
