package scheduler

import (
	"fmt"
	"slices"
	"time"
)

// cluster is the living and the dead executors and the hosts they are on, as indexes.
type cluster struct {
	executors []executor // never shrinks: an index is never used again
	byID      map[ExecutorID]int32
	hosts     []host
	byHost    map[string]int32
	byRack    map[string]int32
	living    int // executors that live and stay; see executor.leaving
}

type host struct {
	name  string
	rack  int32         // none if not known
	until time.Duration // end of its exclusion, or 0
	// executors that are or were on it, in the order they came. Lost ones without outputs are
	// taken out when another comes, so that a host they come and go on keeps few.
	executors []int32
}

// executor is one process that runs tasks. What every offer looks at comes first: it is in one line
// of the processor's cache.
type executor struct {
	id      ExecutorID
	heapAt  int32 // place among those of its profile with room, or -1
	profile *profile
	slots   int  // for tasks of its own profile
	served  bool // see ExecutorAdded
	// load is the number of tasks it has, killed ones included until they are known to have
	// ended; queued of them are short tasks that wait for a slot, all of the stage that has the
	// others. Invariant: load-queued is what slots or amounts allow, queued <= slots*MaxCredit.
	load, queued int
	divided      *divided // while it serves several profiles
	alive        bool
	// excluded: by itself or with its host (exclusion_app.go). It is not offered.
	excluded bool
	// leaving: it is being decommissioned. It is not offered, and what counts the living for
	// future tasks leaves it out. It stays so when it is lost.
	leaving bool
	dirty   bool

	host     int32
	firstRun int32 // list of its runs, oldest first
	lastRun  int32
	granted  int // slots promised in the offer under way
	launch   int // index into offers.launches, or -1
	behindAt int // place in recalls.behind, or -1
	// ended is when one of its tasks last ended that was not taken back, or it came.
	ended time.Duration
	// short is the stage that all of its tasks belong to but others, for queueing.
	short  *stage
	others int
	held   []held   // map outputs, by stage
	cached []cached // blocks, by dataset
	rack   string
}

func newCluster() cluster {
	return cluster{
		byID:   make(map[ExecutorID]int32),
		byHost: make(map[string]int32),
		byRack: make(map[string]int32),
	}
}

// host finds or adds a host. A rack learned later is kept.
func (m *Machine) host(name, rack string) int32 {
	c := &m.cluster
	h, ok := c.byHost[name]
	if !ok {
		h = int32(len(c.hosts))
		c.byHost[name] = h
		c.hosts = append(c.hosts, host{name: name, rack: none})
	}
	if rack != "" && c.hosts[h].rack == none {
		r := c.rack(rack)
		c.hosts[h].rack = r
		for _, p := range m.profiles {
			p.racks = grow(p.racks, r)
			p.racks[r] += at(p.hosts, h)
		}
	}
	return h
}

func (c *cluster) rack(name string) int32 {
	r, ok := c.byRack[name]
	if !ok {
		r = int32(len(c.byRack))
		c.byRack[name] = r
	}
	return r
}

// executorAdded takes in a new executor. An id that was used before is refused: its late
// messages could not be told from the old one's.
func (m *Machine) executorAdded(e ExecutorAdded) error {
	c := &m.cluster
	if _, used := c.byID[e.Executor]; used || e.Executor < 0 {
		return fmt.Errorf("scheduler: add executor %s: the id is used or negative", e.Executor)
	}
	if e.Slots < 1 || e.Slots > maxSlots {
		return fmt.Errorf("scheduler: add executor %s: %d slots, want 1 to %d",
			e.Executor, e.Slots, maxSlots)
	}
	p, known := m.profile(e.Profile)
	if !known {
		return fmt.Errorf("scheduler: add executor %s: there is no profile %d", e.Executor, e.Profile)
	}
	x := int32(len(c.executors))
	c.byID[e.Executor] = x
	c.executors = append(c.executors, executor{
		id: e.Executor, host: m.host(e.Host, e.Rack), rack: e.Rack, alive: true,
		profile: p, slots: e.Slots, served: e.Served, firstRun: none, lastRun: none,
		heapAt: -1, launch: -1, behindAt: -1, ended: m.now,
	})
	c.living++
	m.divide(&c.executors[x])
	for _, served := range p.serves {
		m.gained(served, &c.executors[x])
	}
	c.settleOn(c.executors[x].host, x)
	m.joinedApplication(x)
	m.reconsider(x)
	for _, s := range m.queue {
		if s.profile.on(&c.executors[x]) {
			m.joined(s, x)
		}
	}
	return nil
}

// settleOn adds an executor to its host, and forgets those that are lost and left nothing there.
func (c *cluster) settleOn(h, x int32) {
	at := &c.hosts[h]
	at.executors = append(slices.DeleteFunc(at.executors, func(y int32) bool {
		return !c.executors[y].alive && len(c.executors[y].held) == 0
	}), x)
}

// maxSlots bounds what one executor may claim to run at once.
const maxSlots = 1 << 16

// executorLost takes an executor out for good.
func (m *Machine) executorLost(e ExecutorLost) {
	c := &m.cluster
	x, known := c.byID[e.Executor]
	if !known || !c.executors[x].alive {
		return
	}
	m.leave(x)
	c.executors[x].alive = false
	m.watchQueue(x)
	m.loseBlocks(x) // first, so that its tasks do not prefer it
	m.loseRuns(x, e)
	if e.OutputsLost {
		m.loseOutputs(x)
	}
}
