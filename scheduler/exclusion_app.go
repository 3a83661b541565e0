package scheduler

import (
	"maps"
	"slices"
	"time"
)

// exclusions is what the application keeps all tasks from, and the stages that have no place
// left because of any exclusion.
type exclusions struct {
	executors []int32 // excluded themselves, in that order
	hosts     []int32
	next      time.Duration // when the first of them ends, or 0
	stuck     []*stage
	changed   bool // something that could make a stage stuck, or free it
}

// blame counts the failures of a computed stage against executors.
func (m *Machine) blame(s *stage) {
	if s.excl == nil || !m.conf.Exclusion.Application {
		return
	}
	for _, x := range slices.Sorted(maps.Keys(s.excl.executors)) {
		m.blameExecutor(x, len(s.excl.executors[x].tasks))
	}
}

func (m *Machine) blameExecutor(x int32, tasks int) {
	c, e := &m.conf.Exclusion, &m.cluster.executors[x]
	for range tasks {
		e.failures = append(e.failures, m.now+c.Timeout)
	}
	e.failures = slices.DeleteFunc(e.failures, func(end time.Duration) bool { return end <= m.now })
	if len(e.failures) < c.AppTasksPerExecutor || e.until > 0 {
		return
	}
	e.until = m.now + c.Timeout
	m.exclusions.executors = append(m.exclusions.executors, x)
	m.blameHost(e.host)
	m.reconsider(x)
	m.exclusions.next = earlier(m.exclusions.next, e.until)
}

// blameHost excludes a host with too many excluded executors, living or not.
func (m *Machine) blameHost(h int32) {
	c, host, n := &m.conf.Exclusion, &m.cluster.hosts[h], 0
	for _, x := range m.exclusions.executors {
		if m.cluster.executors[x].host == h {
			n++
		}
	}
	if n < c.AppExecutorsPerNode || host.until > 0 {
		return
	}
	host.until = m.now + c.Timeout
	m.exclusions.hosts = append(m.exclusions.hosts, h)
	m.reconsiderHost(h)
}

// reconsider lets exclusions of an executor and its host count from now on.
func (m *Machine) reconsider(x int32) {
	e := &m.cluster.executors[x]
	m.exclusions.changed = true
	e.excluded = e.until > 0 || m.cluster.hosts[e.host].until > 0
	m.freed(x)
}

func (m *Machine) reconsiderHost(h int32) {
	for x := range m.cluster.executors {
		if m.cluster.executors[x].host == h {
			m.reconsider(int32(x))
		}
	}
}

// expire ends the exclusions whose time is over.
func (m *Machine) expire() {
	l := &m.exclusions
	if l.next == 0 || m.now < l.next {
		return
	}
	l.next = 0
	l.hosts = slices.DeleteFunc(l.hosts, func(h int32) bool {
		over := m.over(&m.cluster.hosts[h].until)
		if over {
			m.reconsiderHost(h)
		}
		return over
	})
	l.executors = slices.DeleteFunc(l.executors, func(x int32) bool {
		over := m.over(&m.cluster.executors[x].until)
		if over {
			m.reconsider(x)
		}
		return over
	})
}

// over clears the end of an exclusion that has come, or keeps it in mind.
func (m *Machine) over(until *time.Duration) bool {
	if m.now >= *until {
		*until = 0
		return true
	}
	m.exclusions.next = earlier(m.exclusions.next, *until)
	return false
}
