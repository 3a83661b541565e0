package scheduler

import "fmt"

// checkAllocation: the counts of tasks are those of the stages and executors.
func (m *Machine) checkAllocation() error {
	a, pending, running := &m.allocation, 0, 0
	for _, s := range m.queue {
		pending += s.pending.n
	}
	for x := range m.cluster.executors {
		running += m.cluster.executors[x].load
	}
	if pending != a.pending || running != a.running {
		return fmt.Errorf("%d tasks pending and %d running, counted %d and %d",
			pending, running, a.pending, a.running)
	}
	if a.Allocator == nil {
		return nil
	}
	return a.Check()
}
