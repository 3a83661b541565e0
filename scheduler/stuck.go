package scheduler

import (
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/resource"
)

// A task is stuck when each living executor is excluded for it, or when no executor lives or will
// come that has what its profile asks for. Its jobs do not fail at once: an exclusion may end, and
// another executor may come.

// lookForStuck finds the queued stages that have such a task, after an offer.
func (m *Machine) lookForStuck() {
	l := &m.exclusions
	if !l.changed || !m.conf.Exclusion.on() && len(m.profiles) == 1 {
		return
	}
	l.changed = false
	for _, s := range m.queue {
		if _, stuck := m.stuck(s); stuck && !slices.Contains(l.stuck, s) {
			s.stuckSince = m.now
			l.stuck = append(l.stuck, s)
		}
	}
	l.stuck = slices.DeleteFunc(l.stuck, func(s *stage) bool {
		_, stuck := m.stuck(s)
		return !stuck
	})
}

// stuck gives a task that has no place left, or none where that holds for all of the stage.
func (m *Machine) stuck(s *stage) (index int32, stuck bool) {
	if !s.queued || s.pending.n == 0 {
		return none, false
	}
	if s.profile.living == 0 {
		return none, m.hopeless(s.profile)
	}
	if s.excl == nil && len(m.exclusions.executors) == 0 {
		return none, false
	}
	if !m.anywhere(s, func(x int32) bool { return !m.refuses(s, x) }) {
		return none, true
	}
	if s.excl == nil {
		return none, false
	}
	for _, i := range s.excl.tasks {
		if s.parts.state[i] == partPending && !m.anywhere(s, func(x int32) bool {
			return !m.refuses(s, x) && !m.refusesTask(s, i, x)
		}) {
			return i, true
		}
	}
	return none, false
}

// hopeless says that no executor will come for a profile: none is asked for but default ones.
func (m *Machine) hopeless(p *profile) bool {
	return !m.conf.Allocation.Enabled && !slices.Contains(m.profiles[resource.Default].serves, p)
}

// anywhere says whether an executor will do of those that may run the stage's tasks and are not
// excluded for all.
func (m *Machine) anywhere(s *stage, good func(x int32) bool) bool {
	for x := range m.cluster.executors {
		if e := &m.cluster.executors[x]; e.offered() && s.profile.on(e) && good(int32(x)) {
			return true
		}
	}
	return false
}

// giveUpStuck fails the jobs of stages that were stuck for too long and are still.
func (m *Machine) giveUpStuck() {
	m.exclusions.stuck = slices.DeleteFunc(m.exclusions.stuck, func(s *stage) bool {
		index, stuck := m.stuck(s)
		over := m.now >= m.stuckUntil(s)
		if stuck && over {
			m.giveUp(s, index)
		}
		return !stuck || over
	})
}

func (m *Machine) giveUp(s *stage, index int32) {
	err := JobError{Kind: Unschedulable, Partition: none, Failures: s.failures}
	if index != none {
		err.Partition = s.partition(index)
		err.Failures = s.failuresOf(err.Partition)
	}
	err.Reason = fmt.Sprintf("%s, for %s", m.whyStuck(s, index), m.conf.Exclusion.UnschedulableTimeout)
	m.abort(s, err)
}

func (m *Machine) stuckUntil(s *stage) time.Duration {
	return s.stuckSince + m.conf.Exclusion.UnschedulableTimeout
}

// whyStuck tells what has no place.
func (m *Machine) whyStuck(s *stage, index int32) string {
	if s.profile.living == 0 {
		return m.whyNoExecutor(s.profile)
	}
	what := "no task can run: "
	if index != none {
		what = fmt.Sprintf("task %d.%d cannot run: ", s.spec.ID, s.partition(index))
	}
	return what + fmt.Sprintf("the executors (%d) are all excluded for it, because tasks failed "+
		"there (weft.excludeOnFailure)", s.profile.living)
}

// exclusionWake is when an exclusion ends or a stuck stage is given up.
func (m *Machine) exclusionWake() time.Duration {
	first := m.exclusions.next
	for _, s := range m.exclusions.stuck {
		first = earlier(first, m.stuckUntil(s))
	}
	return first
}
