package scheduler

import (
	"cmp"
	"slices"

	"github.com/weft-data/weft/resource"
)

// wantExecutors is the action for the targets, with the hosts near which tasks wait.
func (m *Machine) wantExecutors() WantExecutors {
	out := WantExecutors{Wants: make([]Want, len(m.allocation.targets))}
	for i, t := range m.allocation.targets {
		out.Wants[i] = Want{
			Profile: t.Profile, Count: t.Count, Spare: t.Spare, Hosts: m.hints(t.Profile),
		}
	}
	return out
}

// hints are the hosts that tasks of a profile wait for, with as many executors as their tasks could
// use there (Spark LocalityPreferredContainerPlacementStrategy): executors for all tasks
// with preferences, in parts as large as the hosts' parts of these, less those that are there.
func (m *Machine) hints(id resource.ID) (list []HostCount) {
	p := m.profiles[id]
	tasks, near := m.waitingNear(p)
	slots := m.slotsOf(p)
	executors := (near + slots - 1) / slots
	total := 0
	for _, n := range tasks {
		total += n
	}
	for h, n := range tasks {
		if n == 0 {
			continue
		}
		count := (n*executors+total-1)/total - at(p.hosts, int32(h))
		if count > 0 {
			list = append(list, HostCount{Host: m.cluster.hosts[h].name, Count: count})
		}
	}
	slices.SortFunc(list, func(a, b HostCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Host, b.Host))
	})
	return list
}

// waitingNear counts a profile's queued tasks by host that they prefer, each at all of its hosts,
// and the tasks. It looks through these tasks: it is for the moments when executors are asked for.
func (m *Machine) waitingNear(p *profile) (tasks []int, near int) {
	tasks = make([]int, len(m.cluster.hosts))
	for _, s := range m.queue {
		if s.profile != p {
			continue
		}
		for _, b := range s.pending.near[nearNode].order {
			tasks[b.key] += s.countPending(b.tasks)
		}
		near += s.countPending(s.pending.all)
	}
	return tasks, near
}

func (s *stage) countPending(list []int32) (n int) {
	for _, i := range list {
		if s.parts.state[i] == partPending {
			n++
		}
	}
	return n
}
