package scheduler

import (
	"cmp"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/pool"
)

// Status is a copy of what the machine knows, for pages, progress bars and scripts. Slices
// are in the order of their ids.
type Status struct {
	Now       time.Duration
	Jobs      []JobStatus // jobs that are not over
	Stages    []StageStatus
	Executors []ExecutorStatus
	Pools     []PoolStatus // in mode Fair: those in the file and those in use
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

// StageStatus is one stage. Pending + Running - Copies + Done is the number of its partitions.
type StageStatus struct {
	ID       dag.StageID
	Name     string
	State    StageState
	Profile  resource.ID
	Attempt  int32 // -1 before the first
	Jobs     []dag.JobID
	Tasks    int // partitions that the stage computes
	Pending  int
	Running  int // copies included
	Copies   int // of slow tasks, that run beside them
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
	Profile resource.ID
	Slots   int // for tasks of its profile
	Running int // tasks it has, queued ones included
	// Excluded is when it is offered again after too many tasks failed there or on its host;
	// 0 if it is offered.
	Excluded time.Duration
	Leaving  bool // it is being decommissioned and gets no more tasks
	// Needed says that it holds map outputs for a running job that would be lost with it.
	Needed bool
}

// Status copies what the machine knows. It costs as much as there are jobs, stages and
// executors, and nothing for each task.
func (m *Machine) Status() Status {
	st := Status{Now: m.now}
	for _, j := range m.jobs {
		st.Jobs = append(st.Jobs, j.status())
	}
	for _, s := range m.stagesByID() {
		st.Stages = append(st.Stages, m.stageStatus(s))
	}
	for i := range m.cluster.executors {
		if e := &m.cluster.executors[i]; e.alive {
			st.Executors = append(st.Executors, m.executorStatus(e))
		}
	}
	if m.conf.Mode == pool.Fair {
		st.Pools = m.poolStatus()
	}
	slices.SortFunc(st.Executors, func(a, b ExecutorStatus) int { return cmp.Compare(a.ID, b.ID) })
	return st
}

func (j *job) status() JobStatus {
	st := JobStatus{
		ID: j.spec.ID, Pool: j.spec.Pool, Group: j.spec.Group,
		Description: j.spec.Description, Skipped: j.skipped,
	}
	for _, s := range j.stages {
		st.Stages = append(st.Stages, s.spec.ID)
	}
	return st
}

func (m *Machine) stagesByID() []*stage {
	list := make([]*stage, 0, len(m.stages))
	for _, s := range m.stages {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *stage) int { return cmp.Compare(a.spec.ID, b.spec.ID) })
	return list
}

func (m *Machine) stageStatus(s *stage) StageStatus {
	n := s.spec.Computed()
	return StageStatus{
		ID: s.spec.ID, Name: s.spec.Name, State: s.state, Profile: s.profile.id, Attempt: s.attempt,
		Jobs: slices.Clone(s.jobs), Tasks: n, Done: s.done, Running: s.live,
		Pending: n - s.done - s.live + len(s.twins), Copies: len(s.twins), Failures: s.fetchFailed,
		MeanTime: s.mean, Credit: m.credit(s), Why: m.why(s),
	}
}

func (m *Machine) executorStatus(e *executor) ExecutorStatus {
	_, needed := e.outputs()
	return ExecutorStatus{
		ID: e.id, Host: m.cluster.hosts[e.host].name, Rack: e.rack, Profile: e.profile.id,
		Slots: e.slots, Running: e.load,
		Leaving: e.leaving, Needed: needed,
		Excluded: max(m.exclusions.until[m.cluster.byID[e.id]], m.cluster.hosts[e.host].until),
	}
}
