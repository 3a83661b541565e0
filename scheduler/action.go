package scheduler

import (
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// Action is something the machine wants done outside. Its String is the line that scripts
// show and logs print. The types in this file are all there are.
type Action interface {
	action()
	String() string
}

// LaunchTasks sends tasks of one stage to one executor. The executor needs the stage's
// template before the first of them.
type LaunchTasks struct {
	Executor     ExecutorID
	Stage        dag.StageID
	StageAttempt int32
	Ranges       []TaskRange
}

// TaskRange is Count neighbouring partitions from First, all with the same attempt number
// and placed for the same reason.
type TaskRange struct {
	First, Count, Attempt int32
	Locality              Locality
	// Copy says that each is the second attempt of a slow task that still runs elsewhere.
	Copy bool
}

// KillTasks asks an executor to stop tasks. Their ends are still reported, and until then
// they hold their slots.
type KillTasks struct {
	Executor ExecutorID
	Tasks    []dag.Task
	Reason   string
	// Queued takes tasks back: only those that have not begun are stopped. The others go on, and
	// count.
	Queued bool
}

// TasksAccepted tells which of the successes just stepped in count: their results and
// accumulators are to be used, each partition's exactly once. A success that is not named
// here is a twin, a leftover or of a lost executor, and must be thrown away.
type TasksAccepted struct {
	Executor ExecutorID
	Tasks    []dag.Task
}

// AnswerCommit answers a CommitAsked. A store that must survive a restart records a granted
// answer before it sends it.
type AnswerCommit struct {
	Task    dag.Task
	Granted bool
	Why     string
}

// StageStarted says that an attempt of a stage has tasks to launch.
type StageStarted struct {
	Stage   dag.StageID
	Attempt int32
	Tasks   int // partitions that this attempt computes
}

// StageFinished says that every partition of a stage is computed.
type StageFinished struct {
	Stage   dag.StageID
	Attempt int32
}

// StageFailed says that an attempt of a stage ended without all partitions. With Retry a new
// attempt follows; otherwise its jobs fail.
type StageFailed struct {
	Stage   dag.StageID
	Attempt int32
	Retry   bool
	Reason  string
}

// JobFinished says that a job is over, once for each job. Err is nil on success.
type JobFinished struct {
	Job dag.JobID
	Err *JobError
}

// WantExecutors tells how many executors of each profile there should be, those that run included.
// It is absolute: a later one replaces it, and a lower number takes back what has not come yet.
type WantExecutors struct{ Wants []Want }

// Want is how many executors of one profile there should be.
type Want struct {
	Profile resource.ID
	Count   int
	// Spare are those of Count that only copies of slow tasks could use: the cluster may take
	// them back at any time. 0 without Allocation.SpareCopies.
	Spare int
	// Hosts are where new ones are of most use, the most useful first.
	Hosts []HostCount
}

// HostCount is how many new executors would be of use on a host.
type HostCount struct {
	Host  string
	Count int
}

// ReleaseExecutors lets idle executors go. They get no more tasks, and each is lost once it has
// gone; that counts as nobody's failure.
type ReleaseExecutors struct{ Executors []ExecutorID }

// HostsExcluded lists, in the order of their names, the hosts that get no tasks of any stage for
// now: executors are of more use elsewhere. It is absolute.
type HostsExcluded struct{ Hosts []string }

// WakeAt asks for a Tick at the given time if no event comes before. A later WakeAt replaces
// an earlier one.
type WakeAt struct{ Time time.Duration }

func (LaunchTasks) action()      {}
func (KillTasks) action()        {}
func (TasksAccepted) action()    {}
func (AnswerCommit) action()     {}
func (StageStarted) action()     {}
func (StageFinished) action()    {}
func (StageFailed) action()      {}
func (JobFinished) action()      {}
func (WakeAt) action()           {}
func (WantExecutors) action()    {}
func (HostsExcluded) action()    {}
func (ReleaseExecutors) action() {}
