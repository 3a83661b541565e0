package scheduler

import (
	"math"
	"time"
)

// How long a stage should wait for a slot at its tasks' hosts follows from how soon one comes free
// (Zaharia et al., Delay Scheduling, EuroSys 2010, section 4). Slots come free every T/S where a
// task takes T and there are S slots; with R replicas on M hosts one of a task is near with
// probability R/M; and so that N tasks find near slots with 95 %, one must see M/R·ln(1+20/N) of
// them. A stage of many tasks waits next to nothing, for near slots come anyway, and one of a few
// tasks as long as it needs.

// nodeWait is how long a stage waits for slots at its hosts.
func (m *Machine) nodeWait(s *stage) time.Duration {
	most := max(m.conf.Wait.Node, 0)
	task, p := m.taskTime(s), s.profile
	if !m.conf.AdaptiveWait || task <= 0 || p.slots == 0 || s.pending.n == 0 {
		return most
	}
	perSlot := task.Seconds() / float64(p.slots)
	slots := float64(p.manned) / s.replicas() * math.Log(1+20/float64(s.pending.n))
	wait := time.Duration(perSlot * slots * float64(time.Second))
	return min(most, max(wait.Round(time.Millisecond), 0))
}

// taskTime is how long a task of the stage takes: as its own did, or before one ended as the
// application's did on average; 0 where nothing ended yet.
func (m *Machine) taskTime(s *stage) time.Duration {
	switch {
	case s.measured:
		return s.mean
	case m.ended.tasks > 0:
		return m.ended.time / time.Duration(m.ended.tasks)
	}
	return 0
}

// ended is what the application's successful tasks took.
type ended struct {
	tasks int64
	time  time.Duration
}

// replicas is the mean number of hosts that a partition with preferences prefers.
func (s *stage) replicas() float64 {
	hosts, tasks := len(s.spec.Prefs.Index), s.spec.Tasks
	if hosts == 0 {
		hosts, tasks = len(s.heavy.hosts), s.spec.Computed()
	}
	return max(float64(hosts)/float64(max(tasks, 1)), 1)
}
