package scheduler

import (
	"time"

	"github.com/weft-data/weft/dag"
)

// Status is a copy of what the machine knows, for pages, progress bars and scripts. Slices
// are in the order of their ids.
type Status struct {
	Now       time.Duration
	Jobs      []JobStatus // jobs that are not over
	Stages    []StageStatus
	Executors []ExecutorStatus
}

// JobStatus is one running job.
type JobStatus struct {
	ID          dag.JobID
	Pool        string
	Group       string
	Description string
	Stages      []dag.StageID // in the job's order
	Skipped     int           // stages that were done, or guarded, before the job needed them
}

// StageStatus is one stage. Pending + Running + Done is the number of its partitions.
type StageStatus struct {
	ID       dag.StageID
	Name     string
	State    StageState
	Attempt  int32 // -1 before the first
	Jobs     []dag.JobID
	Tasks    int // partitions that the stage computes
	Pending  int
	Running  int
	Done     int
	Failures int           // fetch failed attempts in a row
	MeanTime time.Duration // of its tasks, recent ones counting most; 0 before the first
	Credit   int           // tasks that may queue per slot
	Why      string        // why it is not running, or why its pending tasks wait
}

// ExecutorStatus is one living executor.
type ExecutorStatus struct {
	ID      ExecutorID
	Host    string
	Rack    string
	Slots   int
	Running int // tasks it has, queued ones included
}
