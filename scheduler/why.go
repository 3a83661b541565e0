package scheduler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-data/weft/resource"
)

// why explains a stage's state to a person: what it waits for, and what would help.
func (m *Machine) why(s *stage) string {
	switch s.state {
	case Waiting:
		return m.whyWaiting(s)
	case Running:
		return m.whyPending(s)
	case Idle:
		if s.needed() {
			return "nothing reads its output now: what is built on it is cached"
		}
		return "no job needs it"
	}
	return ""
}

func (m *Machine) whyWaiting(s *stage) string {
	var names []string
	for _, p := range m.missingParents(s) {
		names = append(names, fmt.Sprint(p.spec.ID))
	}
	return "waits for the output of stage " + strings.Join(names, ", ")
}

// whyPending explains why pending tasks are not running.
func (m *Machine) whyPending(s *stage) string {
	free := s.profile.free.list
	switch {
	case s.pending.n == 0:
		return ""
	case slices.Contains(m.exclusions.stuck, s):
		return m.whyGivenUp(s)
	case s.profile.living == 0:
		return m.whyNoExecutor(s.profile)
	case s.pool != nil && s.pool.spec.Full(s.pool.running):
		return fmt.Sprintf("pool %s runs %d tasks, its maxShare; more start when some end, "+
			"or when its maxShare is raised", s.pool.spec.Name, s.pool.running)
	case len(free) == 0:
		return m.whyFull(s)
	case s.delay.level < Any:
		end := s.delay.since + m.waitAt(s, s.delay.level)
		return fmt.Sprintf("waits until %s for a %s slot; %d executors farther away are free",
			end, s.delay.level, len(free))
	case s.excl != nil && m.conf.Exclusion.TaskAndStage:
		return fmt.Sprintf("the free executors (%d) are excluded for its pending tasks, because tasks "+
			"failed there (weft.excludeOnFailure), and the others are busy", len(free))
	}
	return "will be offered at the next step"
}

// whyGivenUp tells what stays for a stuck stage.
func (m *Machine) whyGivenUp(s *stage) string {
	index, _ := m.stuck(s)
	unless := "there is another executor by then or an exclusion ends"
	if s.profile.living == 0 {
		unless = "there is one by then"
	}
	return fmt.Sprintf("%s; at %s the job fails, unless %s",
		m.whyStuck(s, index), m.stuckUntil(s), unless)
}

// whyNoExecutor tells what a profile's tasks wait for while no executor can run them.
func (m *Machine) whyNoExecutor(p *profile) string {
	what := "no executor is registered"
	if p.id != resource.Default {
		what = fmt.Sprintf("no executor is registered that has what profile %d asks for (%s)",
			p.id, p.shape)
	}
	if m.hopeless(p) {
		return what + ", and none is asked for; turn on weft.dynamicAllocation.enabled, or let " +
			"stages use executors that have more (weft.scheduler.resource.coverProfiles)"
	}
	return what + "; tasks start when the cluster gives one"
}

func (m *Machine) whyFull(s *stage) string {
	excluded := 0
	for x := range m.cluster.executors {
		if e := &m.cluster.executors[x]; e.alive && e.excluded && s.profile.on(e) {
			excluded++
		}
	}
	why := fmt.Sprintf("all %d slots of %d executors are busy", s.profile.slots, s.profile.living)
	if s.profile.id != resource.Default {
		why = fmt.Sprintf("all %d slots of the %d executors for profile %d are busy", s.profile.slots,
			s.profile.living, s.profile.id)
	}
	if excluded > 0 {
		why += fmt.Sprintf(" or of the %d that are excluded, because tasks failed there "+
			"(weft.excludeOnFailure)", excluded)
	}
	return why
}

// Why tells why the tasks of a range were placed where they are.
func (r TaskRange) Why() string {
	if r.Copy {
		return "a copy of a slow task, on a host where no attempt of it ran"
	}
	switch r.Locality {
	case Process:
		return "the executor holds a cached block of its input"
	case Node:
		return "the executor's host holds its input"
	case NoPref:
		return "its input is equally near from everywhere"
	case Rack:
		return "a host in the executor's rack holds its input; no nearer slot came free in time"
	}
	return "no slot nearer to its input exists or came free in time"
}
