package scheduler

import "fmt"

// checkAllocation: the counts of tasks are those of the stages and executors.
func (m *Machine) checkAllocation() error {
	pending, running := make(map[*profile]int), make(map[*profile]int)
	for _, s := range m.queue {
		pending[s.profile] += s.pending.n
	}
	for _, s := range m.stages {
		running[s.profile] += s.runs
	}
	for _, p := range m.profiles {
		if pending[p] != p.pending || running[p] != p.running {
			return fmt.Errorf("profile %d: %d tasks pending and %d running, counted %d and %d",
				p.id, pending[p], running[p], p.pending, p.running)
		}
	}
	a := &m.allocation
	if a.Allocator == nil {
		return nil
	}
	return a.Check()
}
