package scheduler

import (
	"fmt"
	"time"
)

// Exclusion keeps tasks away from executors and hosts where tasks failed. Both halves are off by
// default. Only failures that count for Config.MaxFailures count here. A zero number has the
// reference's default, given beside it.
type Exclusion struct {
	// TaskAndStage keeps a task that failed, and after several of them all of its stage's, from
	// where they failed, until the stage is done or has a new attempt.
	TaskAndStage bool
	// Application keeps all tasks away, for Timeout. What failed in a stage counts
	// once the stage is done: a stage that fails everywhere says nothing of executors.
	Application bool

	TaskPerExecutor       int // failures of a task on an executor; 1
	TaskPerNode           int // failures of a task on a host, below MaxFailures; 2
	StageTasksPerExecutor int // tasks of a stage that failed on an executor; 2
	StageExecutorsPerNode int // executors of a host that are excluded for the stage; 2
	AppTasksPerExecutor   int // tasks of all stages that failed on an executor in Timeout; 2
	AppExecutorsPerNode   int // executors of a host that are excluded for all; 2

	Timeout time.Duration // how long the application excludes, and counts; 1 h
	// UnschedulableTimeout is how long a task may have no place left in the cluster before its
	// jobs fail; 120 s.
	UnschedulableTimeout time.Duration
}

func (c *Exclusion) fill() {
	fill(&c.TaskPerExecutor, 1)
	for _, n := range c.limits()[1:] {
		fill(n, 2)
	}
	fill(&c.Timeout, time.Hour)
	fill(&c.UnschedulableTimeout, 2*time.Minute)
}

func (c *Exclusion) on() bool { return c.TaskAndStage || c.Application }

func (c *Exclusion) limits() []*int {
	return []*int{
		&c.TaskPerExecutor, &c.TaskPerNode, &c.StageTasksPerExecutor, &c.StageExecutorsPerNode,
		&c.AppTasksPerExecutor, &c.AppExecutorsPerNode,
	}
}

func (c *Exclusion) validate(maxFailures int) error {
	for _, n := range c.limits() {
		if *n < 1 {
			return fmt.Errorf("scheduler: exclusion after %d failures, want at least 1", *n)
		}
	}
	switch {
	case c.Timeout < 0 || c.UnschedulableTimeout < 0:
		return fmt.Errorf("scheduler: exclusion for %s, waiting %s, want no negative times",
			c.Timeout, c.UnschedulableTimeout)
	case c.TaskAndStage && c.TaskPerNode >= maxFailures:
		return fmt.Errorf("scheduler: a host is excluded for a task after %d failures "+
			"(weft.excludeOnFailure.task.maxTaskAttemptsPerNode), but after %d (weft.task.maxFailures) its "+
			"job fails; want fewer, or one bad host ends the job", c.TaskPerNode, maxFailures)
	}
	return nil
}

// stageExclusion is what failed where in one attempt of a stage; nil while nothing did.
type stageExclusion struct {
	executors map[int32]*failedOn
	hosts     map[int32]*failedOn
	tasks     []int32 // that failed, by index, each once
	conf      *Exclusion
	asked     int32 // executor that a task is looked for, or none
	askedHost int32
}

// failedOn is what failed on one executor or host.
type failedOn struct {
	tasks    map[int32]int // failures by index
	excluded int           // executors of a host that are excluded for the stage
	refused  bool          // for the whole stage
}

// failedAt notes a failure and excludes what has too many.
func (m *Machine) failedAt(s *stage, index, x int32) {
	c := &m.conf.Exclusion
	if !c.on() {
		return
	}
	if s.excl == nil {
		s.excl = &stageExclusion{
			executors: make(map[int32]*failedOn), hosts: make(map[int32]*failedOn),
			conf: c, asked: none,
		}
	}
	e, h := s.excl.note(index, x, m.cluster.executors[x].host)
	m.exclusions.changed = true
	if e.refused || len(e.tasks) < c.StageTasksPerExecutor {
		return
	}
	e.refused = true
	h.excluded++
	h.refused = h.excluded >= c.StageExecutorsPerNode
}

// note counts a failure at an executor and its host.
func (f *stageExclusion) note(index, x, host int32) (e, h *failedOn) {
	e, h = entry(f.executors, x), entry(f.hosts, host)
	if !f.failed(index) {
		f.tasks = append(f.tasks, index)
	}
	e.tasks[index]++
	h.tasks[index]++
	return e, h
}

// failed says whether a task failed anywhere.
func (f *stageExclusion) failed(index int32) bool {
	for _, h := range f.hosts {
		if h.tasks[index] > 0 {
			return true
		}
	}
	return false
}

func entry(table map[int32]*failedOn, key int32) *failedOn {
	f := table[key]
	if f == nil {
		f = &failedOn{tasks: make(map[int32]int)}
		table[key] = f
	}
	return f
}

// refuses says whether a stage's tasks are kept from an executor.
func (m *Machine) refuses(s *stage, x int32) bool {
	if s.excl == nil || !m.conf.Exclusion.TaskAndStage {
		return false
	}
	e, h := s.excl.executors[x], s.excl.hosts[m.cluster.executors[x].host]
	return e != nil && e.refused || h != nil && h.refused
}

// refusesTask says whether one task is kept from an executor that its stage may use.
func (m *Machine) refusesTask(s *stage, index, x int32) bool {
	return s.excl != nil && s.excl.keepsFrom(index, x, m.cluster.executors[x].host)
}

func (f *stageExclusion) keepsFrom(index, x, host int32) bool {
	if !f.conf.TaskAndStage {
		return false
	}
	e, h := f.executors[x], f.hosts[host]
	return e != nil && e.tasks[index] >= f.conf.TaskPerExecutor ||
		h != nil && h.tasks[index] >= f.conf.TaskPerNode
}

// keeps says whether a task is kept from the executor that is asked.
func (f *stageExclusion) keeps(index int32) bool {
	return f.asked != none && f.keepsFrom(index, f.asked, f.askedHost)
}
