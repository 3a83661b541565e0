package scheduler

import (
	"maps"
	"slices"
	"time"
)

// exclusions is what the application keeps all tasks from, and the stages that have no place
// left because of any exclusion.
type exclusions struct {
	executors []int32                   // excluded themselves, in that order
	until     map[int32]time.Duration   // the end of each; kept apart, for it is seldom looked at
	failures  map[int32][]time.Duration // by executor: ends of the time for which each counts
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
	c, l := &m.conf.Exclusion, &m.exclusions
	if l.failures == nil {
		l.failures, l.until = make(map[int32][]time.Duration), make(map[int32]time.Duration)
	}
	counted := slices.DeleteFunc(l.failures[x], func(end time.Duration) bool { return end <= m.now })
	for range tasks {
		counted = append(counted, m.now+c.Timeout)
	}
	l.failures[x] = counted
	if len(counted) < c.AppTasksPerExecutor || l.until[x] > 0 {
		return
	}
	l.until[x] = m.now + c.Timeout
	l.next = earlier(l.next, l.until[x])
	l.executors = append(l.executors, x)
	m.blameHost(m.cluster.executors[x].host)
	m.reconsider(x)
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
	m.sayHosts()
}

// sayHosts tells which hosts are excluded now.
func (m *Machine) sayHosts() {
	names := make([]string, len(m.exclusions.hosts))
	for i, h := range m.exclusions.hosts {
		names[i] = m.cluster.hosts[h].name
	}
	slices.Sort(names)
	m.emit(HostsExcluded{names})
}

// reconsider lets exclusions of an executor and its host count from now on.
func (m *Machine) reconsider(x int32) {
	e := &m.cluster.executors[x]
	m.exclusions.changed = true
	e.excluded = m.exclusions.until[x] > 0 || m.cluster.hosts[e.host].until > 0
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
	before := len(l.hosts)
	l.hosts = slices.DeleteFunc(l.hosts, func(h int32) bool {
		over := m.over(m.cluster.hosts[h].until)
		if over {
			m.cluster.hosts[h].until = 0
			m.reconsiderHost(h)
		}
		return over
	})
	if len(l.hosts) < before {
		m.sayHosts()
	}
	l.executors = slices.DeleteFunc(l.executors, func(x int32) bool {
		over := m.over(l.until[x])
		if over {
			delete(l.until, x)
			m.reconsider(x)
		}
		return over
	})
}

// over says whether the end of an exclusion has come, and keeps a later one in mind.
func (m *Machine) over(until time.Duration) bool {
	if m.now >= until {
		return true
	}
	m.exclusions.next = earlier(m.exclusions.next, until)
	return false
}
