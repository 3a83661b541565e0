package scheduler

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/resource"
)

// profile is what the machine knows of one resource profile: what a task takes, and the executors
// that may run its tasks. As a rule those are the executors of just this profile, and a slot is a
// slot. Where executors serve several profiles their free amounts are counted; see amounts.go.
type profile struct {
	id    resource.ID
	shape resource.Shape
	need  []amount // what a task takes
	// serves are the profiles whose tasks executors of this one run, itself first.
	serves []*profile

	free    heap // executors with room for a task
	pending int  // tasks of its queued stages
	opened  bool // a stage has it, and dynamic allocation reckons with it
	running int  // tasks of it, killed ones until they have ended
	// Executors that live, stay and may run tasks of the profile: how many, and with how many
	// slots for them; the most slots that one ever had; and by host and by rack.
	living, slots, widest int
	hosts, racks          []int
	manned                int // hosts with any
	// alive says by level (see nearProcess) whether a bucket's key has such an executor.
	alive [3]func(key int32) bool
}

// shared says that executors of the profile run tasks that take different amounts.
func (p *profile) shared() bool { return len(p.serves) > 1 }

// profileAdded takes in a new profile. The default one may be told before the first executor.
func (m *Machine) profileAdded(e ProfileAdded) error {
	if err := checkShape(&e.Shape); err != nil {
		return fmt.Errorf("scheduler: add profile %d: %w", e.ID, err)
	}
	switch {
	case e.ID == resource.Default && len(m.profiles) == 1 && len(m.cluster.executors) == 0:
		p := m.profiles[0]
		p.shape, p.need = e.Shape, m.amountsOf(&e.Shape.Task)
		m.open(p)
	case int(e.ID) == len(m.profiles):
		m.addProfile(e.ID, e.Shape)
	default:
		return fmt.Errorf("scheduler: add profile %d: there are %d, and each has the next number",
			e.ID, len(m.profiles))
	}
	return nil
}

// checkShape refuses amounts that make no sense or overflow.
func checkShape(s *resource.Shape) error {
	if s.Task.CPUs < 1 || s.Executor.Cores < 0 || s.Executor.Cores > resource.MaxUnits {
		return fmt.Errorf("tasks of %d cpus on executors of %d cores", s.Task.CPUs, s.Executor.Cores)
	}
	for _, a := range s.Executor.Extra {
		if a.Count < 0 || a.Count > resource.MaxUnits {
			return fmt.Errorf("executors with %d of %q", a.Count, a.Name)
		}
	}
	for _, share := range s.Task.Shares {
		if share.Parts <= 0 || share.Parts > resource.MaxUnits*resource.Whole {
			return fmt.Errorf("tasks with %s of %q", share.Parts, share.Name)
		}
	}
	return nil
}

func (m *Machine) addProfile(id resource.ID, shape resource.Shape) {
	p := &profile{id: id, shape: shape, need: m.amountsOf(&shape.Task)}
	p.serves = []*profile{p}
	p.free = heap{cluster: &m.cluster, profile: p, open: &m.offers.open}
	p.bind(&m.cluster)
	for _, q := range m.profiles {
		if m.mayServe(p, q) {
			p.serves = append(p.serves, q)
		}
		if m.mayServe(q, p) {
			q.serves = append(q.serves, p)
			m.share(q, p)
		}
	}
	m.profiles = append(m.profiles, p)
}

// mayServe says whether executors of one profile may run tasks of another: of one that asks nothing
// of executors, unless dynamic allocation brings it executors of its own, or if asked for, of any
// that asks for no more than they have.
func (m *Machine) mayServe(p, q *profile) bool {
	asks := !q.shape.TaskOnly || m.conf.Allocation.Enabled
	switch {
	case !asks && p.id == resource.Default, m.conf.CoverProfiles && p.shape.Covers(q.shape):
		return m.holds(m.total(p, p.shape.Slots()), q) > 0
	}
	return false
}

// bind fills alive.
func (p *profile) bind(c *cluster) {
	p.alive[nearProcess] = func(x int32) bool {
		e := &c.executors[x]
		return e.stays() && p.on(e)
	}
	p.alive[nearNode] = func(h int32) bool { return at(p.hosts, h) > 0 }
	p.alive[nearRack] = func(r int32) bool { return at(p.racks, r) > 0 }
}

// on says whether an executor may run tasks of the profile.
func (p *profile) on(e *executor) bool {
	return e.profile == p || e.profile.shared() && slices.Contains(e.profile.serves, p)
}

// count adds executors to a host and its rack.
func (p *profile) count(c *cluster, h int32, n int) {
	p.hosts = grow(p.hosts, h)
	p.manned -= min(p.hosts[h], 1)
	p.hosts[h] += n
	p.manned += min(p.hosts[h], 1)
	if r := c.hosts[h].rack; r != none {
		p.racks = grow(p.racks, r)
		p.racks[r] += n
	}
}

func grow(list []int, i int32) []int {
	if int(i) < len(list) {
		return list
	}
	return append(list, make([]int, int(i)+1-len(list))...)
}

// at is list[i], or 0 beyond its end.
func at(list []int, i int32) int {
	if i < 0 || int(i) >= len(list) {
		return 0
	}
	return list[i]
}

// gained counts an executor for a profile that it serves from now on.
func (m *Machine) gained(p *profile, e *executor) {
	n := m.slotsFor(e, p)
	p.living++
	p.slots += n
	p.widest = max(p.widest, n)
	p.count(&m.cluster, e.host, 1)
	if p.living == 1 {
		m.eachQueued(p, m.fair.add)
	}
}

// lost counts an executor no more.
func (m *Machine) lost(p *profile, e *executor) {
	p.living--
	p.slots -= m.slotsFor(e, p)
	p.count(&m.cluster, e.host, -1)
	if p.living == 0 {
		m.eachQueued(p, m.fair.drop)
	}
}

func (m *Machine) eachQueued(p *profile, do func(*stage)) {
	for _, s := range m.queue {
		if s.profile == p {
			do(s)
		}
	}
}

// profile finds a profile by its id.
func (m *Machine) profile(id resource.ID) (*profile, bool) {
	if id < 0 || int(id) >= len(m.profiles) {
		return nil, false
	}
	return m.profiles[id], true
}
