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
	racks     []int // executors of each that live and stay
	byRack    map[string]int32
	living    int // executors that live and stay; see executor.leaving
	slots     int // of these
	manned    int // hosts of these
	widest    int // most slots that an executor ever had
	// alive says by level (see nearProcess) whether a bucket's key has a living executor.
	alive [3]func(key int32) bool
}

type host struct {
	name   string
	rack   int32         // none if not known
	living int           // executors that live and stay
	until  time.Duration // end of its exclusion, or 0
	// executors that are or were on it, in the order they came. Lost ones without outputs are
	// taken out when another comes, so that a host they come and go on keeps few.
	executors []int32
}

// executor is one process that runs tasks.
type executor struct {
	id    ExecutorID
	host  int32
	rack  string
	alive bool
	// excluded: by itself or with its host (exclusion_app.go). It is not offered.
	excluded bool
	// leaving: it is being decommissioned. It is not offered, and what counts the living for
	// future tasks leaves it out. It stays so when it is lost.
	leaving bool
	dirty   bool
	slots   int
	// load is the number of tasks it has, killed ones included until they are known to have
	// ended. Invariant: 0 <= load <= slots, plus the credit for short tasks.
	load     int
	firstRun int32 // list of its runs, oldest first
	lastRun  int32
	heapAt   int // place in offers.free, or -1
	granted  int // slots promised in the offer under way
	launch   int // index into offers.launches, or -1
	// short is the stage that all of its tasks belong to but others, for queueing.
	short  *stage
	others int
	held   []held   // map outputs, by stage
	cached []cached // blocks, by dataset
}

func newCluster() cluster {
	return cluster{
		byID:   make(map[ExecutorID]int32),
		byHost: make(map[string]int32),
		byRack: make(map[string]int32),
	}
}

// bind fills alive, once the cluster is where it stays.
func (c *cluster) bind() {
	c.alive[nearProcess] = func(x int32) bool { return c.executors[x].stays() }
	c.alive[nearNode] = func(h int32) bool { return c.hosts[h].living > 0 }
	c.alive[nearRack] = func(r int32) bool { return c.racks[r] > 0 }
}

// host finds or adds a host. A rack learned later is kept.
func (c *cluster) host(name, rack string) int32 {
	h, ok := c.byHost[name]
	if !ok {
		h = int32(len(c.hosts))
		c.byHost[name] = h
		c.hosts = append(c.hosts, host{name: name, rack: none})
	}
	if rack != "" && c.hosts[h].rack == none {
		c.hosts[h].rack = c.rack(rack)
		c.racks[c.hosts[h].rack] += c.hosts[h].living
	}
	return h
}

func (c *cluster) rack(name string) int32 {
	r, ok := c.byRack[name]
	if !ok {
		r = int32(len(c.racks))
		c.byRack[name] = r
		c.racks = append(c.racks, 0)
	}
	return r
}

// count adds n living executors to a host and its rack.
func (c *cluster) count(h int32, n int) {
	c.manned -= min(c.hosts[h].living, 1)
	c.hosts[h].living += n
	c.manned += min(c.hosts[h].living, 1)
	if r := c.hosts[h].rack; r != none {
		c.racks[r] += n
	}
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
	x := int32(len(c.executors))
	c.byID[e.Executor] = x
	c.executors = append(c.executors, executor{
		id: e.Executor, host: c.host(e.Host, e.Rack), rack: e.Rack, alive: true, slots: e.Slots,
		firstRun: none, lastRun: none, heapAt: -1, launch: -1,
	})
	c.living++
	c.slots += e.Slots
	c.widest = max(c.widest, e.Slots)
	c.count(c.executors[x].host, 1)
	c.settleOn(c.executors[x].host, x)
	m.joinedApplication(x)
	m.reconsider(x)
	for _, s := range m.queue {
		m.joined(s, x)
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
	m.loseBlocks(x) // first, so that its tasks do not prefer it
	m.loseRuns(x, e)
	if e.OutputsLost {
		m.loseOutputs(x)
	}
}
