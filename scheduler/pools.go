package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-data/weft/scheduler/pool"
)

// poolsChanged takes over what the file says. All of it is checked before any of it counts.
func (m *Machine) poolsChanged(e PoolsChanged) error {
	named := make(map[string]pool.Spec, len(e.Pools))
	for _, spec := range e.Pools {
		if err := spec.Validate(); err != nil {
			return fmt.Errorf("scheduler: %w", err)
		}
		if _, twice := named[spec.Name]; twice {
			return fmt.Errorf("scheduler: pool %q is given twice", spec.Name)
		}
		named[spec.Name] = spec
	}
	if m.conf.Mode != pool.Fair {
		return nil
	}
	m.fair.noFile = e.NoFile
	m.respecify(named)
	for _, spec := range e.Pools {
		if m.fair.byName[spec.Name] == nil {
			m.fair.byName[spec.Name] = newPoolState(spec, true)
		}
	}
	return nil
}

// respecify gives the pools there are their new settings, and the stages in them a new order.
func (m *Machine) respecify(named map[string]pool.Spec) {
	for _, s := range m.queue {
		m.fair.drop(s)
	}
	for name, p := range m.fair.byName { // each for itself: the order does not matter
		spec, listed := named[name]
		if !listed {
			spec = m.fair.unlisted(name)
		}
		p.spec, p.listed = spec, listed
		m.fair.tidy(p)
	}
	for _, s := range m.queue {
		s.delay.fresh = true // its pool may have been at a ceiling
		m.fair.add(s)
	}
}

// unlisted is what holds for a pool that no file names. Without any file the jobs of the pool
// "default" share it, as jobs in mode Fair are expected to; this is the reference's rule.
func (f *fair) unlisted(name string) pool.Spec {
	spec := pool.Default(name)
	if name == pool.DefaultName && f.noFile {
		spec.Mode = pool.Fair
	}
	return spec
}

// tidy forgets a pool that neither the file nor a stage speaks of.
func (f *fair) tidy(p *poolState) {
	if p.members == 0 && !p.listed {
		delete(f.byName, p.spec.Name)
	}
}

// joinPool puts a stage that is not queued into the pool of its oldest job, with the slots that
// it has.
func (m *Machine) joinPool(s *stage) {
	if m.conf.Mode != pool.Fair {
		return
	}
	i, _ := m.findJob(s.jobs[0])
	p := m.fair.pool(m.jobs[i].spec.Pool)
	if p == s.pool {
		return
	}
	m.leavePool(s)
	p.members++
	p.running += s.slots
	s.pool = p
	m.fair.settle(p)
}

func (m *Machine) leavePool(s *stage) {
	p := s.pool
	if p == nil {
		return
	}
	p.members--
	p.running -= s.slots
	s.pool = nil
	m.fair.settle(p)
	m.fair.tidy(p)
}

// pool finds a pool or makes it with the defaults.
func (f *fair) pool(name string) *poolState {
	if name == "" {
		name = pool.DefaultName
	}
	p := f.byName[name]
	if p == nil {
		p = newPoolState(f.unlisted(name), false)
		f.byName[name] = p
	}
	return p
}

// PoolStatus is one pool of mode Fair.
type PoolStatus struct {
	pool.Spec
	Running int    // busy slots of its stages
	Stages  int    // that have tasks to launch
	Warning string // its settings are not what somebody may expect
}

func (m *Machine) poolStatus() []PoolStatus {
	waiting := make(map[*poolState]int)
	for _, s := range m.queue {
		waiting[s.pool]++
	}
	list := make([]PoolStatus, 0, len(m.fair.byName))
	for _, p := range m.fair.byName {
		st := PoolStatus{Spec: p.spec, Running: p.running, Stages: waiting[p]}
		if !p.listed && p.spec.Name != pool.DefaultName {
			st.Warning = fmt.Sprintf("no file has settings for pool %q, so it is %s with weight %d "+
				"and minimum share %d", p.spec.Name, p.spec.Mode, p.spec.Weight, p.spec.MinShare)
		}
		list = append(list, st)
	}
	slices.SortFunc(list, func(a, b PoolStatus) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
