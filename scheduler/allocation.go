package scheduler

import (
	"slices"
	"time"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// Allocation asks for executors as tasks need them and gives idle ones back; off by default.
type Allocation struct {
	dynalloc.Settings
	// Slots is how many tasks an executor of the default profile runs at once; default 1.
	Slots int
	// KeepOutputs spares executors with map outputs that would be lost with them: those of nodes
	// without a service (ExecutorAdded.Served).
	KeepOutputs bool
}

// allocation has the Allocator that follows from what tasks need.
type allocation struct {
	*dynalloc.Allocator               // nil: off
	wake                time.Duration // when it wants to look again, or 0
	targets             []dynalloc.Target
	needs               []dynalloc.Need // of the last look, by profile
}

func (m *Machine) newAllocation() (err error) {
	c := &m.conf.Allocation
	if c.Enabled {
		m.allocation.Allocator, err = dynalloc.New(c.Settings, c.Slots, m.holding)
		m.profiles[resource.Default].opened = true
	}
	return err
}

// slotsOf is how many tasks of a profile one of its executors runs at once.
func (m *Machine) slotsOf(p *profile) int {
	if p.id == resource.Default && p.shape.Executor.Cores == 0 { // nobody has told
		return max(m.conf.Allocation.Slots, 1)
	}
	return p.shape.Slots()
}

// open brings a profile into use: from its first stage on there are executors of it.
func (m *Machine) open(p *profile) {
	if a := m.allocation.Allocator; a != nil {
		p.opened = true
		a.Open(p.id, m.slotsOf(p))
	}
}

// allocate says how many executors there should be now, and which may go.
func (m *Machine) allocate() {
	a := &m.allocation
	if a.Allocator == nil {
		return
	}
	for id, n := range m.needs() {
		if m.profiles[id].opened {
			a.Need(resource.ID(id), n)
		}
	}
	d := a.Decide(m.now)
	a.wake = max(d.Wake, 0)
	if d.Targets != nil {
		a.targets = d.Targets
		m.emit(m.wantExecutors())
	}
	if d.Release != nil {
		m.releaseExecutors(d.Release)
	}
}

// needs are what the tasks of each profile could use now. Copies wait, and run, in stages that are
// looked at for slow tasks.
func (m *Machine) needs() []dynalloc.Need {
	list := slices.Grow(m.allocation.needs[:0], len(m.profiles))[:len(m.profiles)]
	clear(list)
	m.allocation.needs = list
	for i, p := range m.profiles {
		list[i].Pending, list[i].Running = p.pending, p.running
	}
	for _, s := range m.exclusions.stuck {
		list[s.profile.id].Unschedulable++
	}
	for _, s := range m.slow.watched {
		list[s.profile.id].Speculative += len(s.copies)
		list[s.profile.id].Copies += len(s.twins)
	}
	return list
}

// holding is what would be lost with an executor.
func (m *Machine) holding(x dynalloc.Executor) (h dynalloc.Holding) {
	e := &m.cluster.executors[x]
	for _, c := range e.cached {
		h.Cached = h.Cached || len(c.partitions) > 0 && c.of == m.blocks[c.id]
	}
	if m.conf.Allocation.KeepOutputs {
		h.Outputs, h.Needed = e.outputs()
	}
	return h
}

// outputs says whether map outputs would be lost with the executor, and whether a running job needs
// one of these.
func (e *executor) outputs() (some, needed bool) {
	if e.served {
		return false, false
	}
	for _, held := range e.held {
		some = some || held.first != none
		needed = needed || held.first != none && held.stage.needed()
	}
	return some, needed
}

// releaseExecutors lets executors go that have nothing to do. They get no more tasks.
func (m *Machine) releaseExecutors(list []dynalloc.Executor) {
	out := ReleaseExecutors{Executors: make([]ExecutorID, len(list))}
	for i, x := range list {
		m.leave(int32(x))
		m.cluster.executors[x].leaving = true
		out.Executors[i] = m.cluster.executors[x].id
	}
	m.emit(out)
}

// The hooks below are called where executors come, go, work and rest.

func (m *Machine) joinedApplication(x int32) {
	if a := m.allocation.Allocator; a != nil {
		p := m.cluster.executors[x].profile
		m.open(p)
		a.Join(m.now, dynalloc.Executor(x), p.id)
	}
}

func (m *Machine) leftApplication(x int32) {
	if a := m.allocation.Allocator; a != nil {
		a.Leave(dynalloc.Executor(x))
	}
}

func (m *Machine) atWork(x int32) {
	if a := m.allocation.Allocator; a != nil {
		a.Busy(dynalloc.Executor(x))
	}
}

// atRest is called after an offer, so that an executor that gets its next task at once never rests.
func (m *Machine) atRest(x int32) {
	if a := m.allocation.Allocator; a != nil && m.cluster.executors[x].load == 0 {
		a.Idle(m.now, dynalloc.Executor(x))
	}
}

// letGo says that an executor may hold less than before; none says so of all.
func (m *Machine) letGo(x int32) {
	switch a := m.allocation.Allocator; {
	case a == nil:
	case x == none:
		a.ReconsiderAll()
	default:
		a.Reconsider(dynalloc.Executor(x))
	}
}
