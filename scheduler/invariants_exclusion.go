package scheduler

import "fmt"

// checkExclusions: what has an end is in the lists, and stages that are known to be stuck are.
func (m *Machine) checkExclusions() error {
	executors, hosts := len(m.exclusions.until), 0
	for h := range m.cluster.hosts {
		if m.cluster.hosts[h].until > 0 {
			hosts++
		}
	}
	l := &m.exclusions
	if executors != len(l.executors) || hosts != len(l.hosts) {
		return fmt.Errorf("%d executors and %d hosts are excluded, listed %d and %d",
			executors, hosts, len(l.executors), len(l.hosts))
	}
	if (executors+hosts > 0) != (l.next > 0) {
		return fmt.Errorf("%d exclusions, the first ends at %s", executors+hosts, l.next)
	}
	for _, s := range l.stuck {
		if _, stuck := m.stuck(s); !stuck {
			return fmt.Errorf("stage %d is listed as stuck", s.spec.ID)
		}
	}
	return nil
}
