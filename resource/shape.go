package resource

import (
	"fmt"
	"math"
)

// Defaults are the application's settings, which fill in what profiles leave open.
type Defaults struct {
	Cores  int
	Memory Megabytes
	// Overhead is the container's memory beyond Memory, or OverheadByFactor: OverheadFactor of it,
	// at least LeastOverhead.
	Overhead       Megabytes
	OverheadFactor float64
	LeastOverhead  Megabytes
	// Extra and Task are those of the default profile. Other profiles name their own.
	Extra []Amount
	Task  Task
}

// OverheadByFactor is the Overhead of Defaults that leave it to the factor.
const OverheadByFactor Megabytes = -1

// Container is that of a default executor, also where its tasks would not fit.
func (d Defaults) Container() Vector {
	return Vector{Memory: d.Memory + d.overhead(d.Memory), Cores: d.Cores, Extra: d.Extra}
}

// Shape is a profile in which nothing is left open.
type Shape struct {
	Executor Vector    // of the container
	Data     Megabytes // the part of its memory that is for data
	Task     Task
	TaskOnly bool // it has no executors of its own; see Profile.TaskOnly
}

// Shape fills in what the profile leaves open, and refuses what no executor could run. Named
// resources of executors are not inherited, unless nothing is asked of executors at all.
func (d Defaults) Shape(p Profile) (Shape, error) {
	if err := p.Validate(); err != nil {
		return Shape{}, err
	}
	e, t := p.Executor, p.Task
	if e.isZero() {
		e.Extra = d.Extra
	}
	if p.Executor.isZero() && t.isZero() {
		t = d.Task
	}
	fillIn(&e.Cores, d.Cores)
	fillIn(&e.Memory, d.Memory)
	fillIn(&t.CPUs, max(d.Task.CPUs, 1))
	if e.Overhead == 0 {
		e.Overhead = d.overhead(e.Memory)
	}
	s := Shape{
		Executor: Vector{Memory: e.Memory + e.Overhead + e.OffHeap, Cores: e.Cores, Extra: e.Extra},
		Data:     e.Memory, Task: t, TaskOnly: p.TaskOnly(),
	}
	return s, s.check()
}

func fillIn[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// overhead is what a process takes beside so much memory for data.
func (d Defaults) overhead(memory Megabytes) Megabytes {
	if d.Overhead >= 0 {
		return d.Overhead
	}
	return max(Megabytes(math.Ceil(float64(memory)*d.OverheadFactor)), d.LeastOverhead)
}

// check makes sure that an executor runs at least one task.
func (s Shape) check() error {
	if s.Task.CPUs > s.Executor.Cores {
		return fmt.Errorf("resource profile: a task takes %d cpus of an executor with %d cores; "+
			"ask for more cores (weft.executor.cores), or fewer cpus (weft.task.cpus)",
			s.Task.CPUs, s.Executor.Cores)
	}
	for _, share := range s.Task.Shares {
		has := s.Executor.Of(share.Name)
		switch {
		case has == 0:
			return fmt.Errorf("resource profile: a task takes %s of %s, and executors have none; ask "+
				"for %s of executors too (weft.executor.resource.%s.amount)",
				share.Parts, share.Name, share.Name, share.Name)
		case share.tasks(has) == 0:
			return fmt.Errorf("resource profile: a task takes %s of %s, more than the %d of its executor",
				share.Parts, share.Name, has)
		}
	}
	return nil
}

// Slots is how many tasks run at once in an executor: as many as the resource that runs out
// first allows (Spark maxTasksPerExecutor).
func (s Shape) Slots() int {
	n, _ := s.limit()
	return max(n, 1)
}

// Limiting names the resource that runs out first.
func (s Shape) Limiting() string {
	_, name := s.limit()
	return name
}

func (s Shape) limit() (n int, name string) {
	n, name = s.Executor.Cores/max(s.Task.CPUs, 1), "cores"
	for _, share := range s.Task.Shares {
		if m := clampInt(share.tasks(s.Executor.Of(share.Name))); m < n {
			n, name = m, share.Name
		}
	}
	return n, name
}

// Warnings tell what of an executor its tasks never use.
func (s Shape) Warnings() (list []string) {
	n, limiting := s.limit()
	if used := n * s.Task.CPUs; used < s.Executor.Cores {
		list = append(list, unused("cores", int64(s.Executor.Cores), int64(used), limiting, n))
	}
	for _, a := range s.Executor.Extra {
		list = append(list, s.wasted(a, n, limiting)...)
	}
	return list
}

func (s Shape) wasted(a Amount, n int, limiting string) []string {
	share := Share{a.Name, s.Task.Of(a.Name)}
	if share.Parts == 0 {
		return []string{fmt.Sprintf("executors have %d of %s, and no task takes any: ask for %s "+
			"of tasks too (weft.task.resource.%s.amount)", a.Count, a.Name, a.Name, a.Name)}
	}
	each := max(int64(share.Parts/Whole), 1)
	if used := (int64(n)*each + share.PerUnit() - 1) / share.PerUnit(); used < a.Count {
		return []string{unused(a.Name, a.Count, used, limiting, n)}
	}
	return nil
}

func unused(what string, has, used int64, limiting string, tasks int) string {
	return fmt.Sprintf("executors have %d %s, and their tasks use %d: %s allows %d tasks at a time",
		has, what, used, limiting, tasks)
}

// Covers says whether an executor of the shape has all that one of q would have.
func (s Shape) Covers(q Shape) bool { return q.Executor.Fits(s.Executor) }

// String is the shape in one line: "1126 MB, 2 cores, gpu=1; tasks of 1 cpus, gpu=0.5".
func (s Shape) String() string {
	text := fmt.Sprintf("%s; tasks of %d cpus", s.Executor, s.Task.CPUs)
	for _, share := range s.Task.Shares {
		text += fmt.Sprintf(", %s=%s", share.Name, share.Parts)
	}
	return text
}
