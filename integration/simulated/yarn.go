package simulated

import (
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/resource"
)

// yarn models the ResourceManager and the NodeManagers: it gives containers at its heartbeats
// as long as there are fewer than the driver wants, starts executors in them, takes some back
// and loses nodes.
type yarn struct {
	world      *world
	hosts      []host
	want       [profiles]int // executors of each profile
	containers []*container  // living
	next       int
	silent     time.Duration // the ResourceManager does not answer before
}

type host struct {
	name, rack string
	down       bool
	used       int
	service    service
}

type container struct {
	id      int
	host    int
	profile resource.ID
	process *executor // nil before its start
	gone    bool
}

// The size and the pace of the cluster.
const (
	hostCount     = 4
	perHost       = 2
	wanted        = 5
	heartbeat     = time.Second
	nodeExpiry    = 8 * time.Second
	nodeRestart   = 15 * time.Second
	containerStop = 250 * time.Millisecond
)

func hostName(i int) string { return fmt.Sprint("h", i) }

func newYarn(w *world) *yarn {
	y := &yarn{world: w, want: [profiles]int{plain: wanted}}
	for i := range hostCount {
		y.hosts = append(y.hosts, host{name: hostName(i), rack: fmt.Sprint("r", i%2)})
	}
	return y
}

func (y *yarn) start() { y.world.after(y.world.upTo(heartbeat), y.beat) }

// beat gives the containers that are missing.
func (y *yarn) beat() {
	w := y.world
	w.after(heartbeat, y.beat)
	if w.now < y.silent || w.driver.over {
		return
	}
	for h := range y.hosts {
		for y.hosts[h].used < perHost && !y.hosts[h].down {
			p, some := y.missing()
			if !some {
				return
			}
			y.allocate(h, p)
		}
	}
}

func (y *yarn) allocate(h int, p resource.ID) {
	c := &container{id: y.next, host: h, profile: p}
	y.next++
	y.hosts[h].used++
	y.containers = append(y.containers, c)
	y.tell(func() { y.world.driver.allocated(c) })
}

// tell brings news to the driver, when the ResourceManager answers again.
func (y *yarn) tell(news func()) {
	w := y.world
	t := max(w.now, y.silent) + w.upTo(100*time.Millisecond)
	w.at(t, news)
}

// launch starts an executor in a container; some do not start.
func (y *yarn) launch(c *container, e *executor) {
	w := y.world
	w.after(50*time.Millisecond+w.upTo(time.Second), func() {
		switch {
		case c.gone || y.hosts[c.host].down:
			return
		case w.failsToStart():
			w.hit(faultStart)
			y.complete(c, "start failed", true)
			return
		}
		c.process = e
		e.begin()
	})
}

// complete ends a container and says why; the word may come twice.
func (y *yarn) complete(c *container, reason string, causedByApp bool) {
	if c.gone {
		return
	}
	w := y.world
	w.log("container %d completed: %s", c.id, reason)
	y.remove(c)
	if c.process != nil {
		c.process.die()
	}
	news := func() { w.driver.completed(c, reason, causedByApp) }
	y.tell(news)
	if w.chance(w.weather.doubled) {
		w.hit(faultDouble)
		w.after(w.upTo(3*time.Second), news)
	}
}

func (y *yarn) remove(c *container) {
	c.gone = true
	y.hosts[c.host].used--
	y.containers = slices.DeleteFunc(y.containers, func(o *container) bool { return o == c })
	if y.world.options.breaks.neverReplace {
		y.want[c.profile] = y.living(c.profile)
	}
}

// release kills a container that the driver gave back, a moment later: until then a zombie runs.
func (y *yarn) release(c *container) {
	w := y.world
	w.after(containerStop+w.upTo(5*time.Second), func() { y.complete(c, "released", false) })
}

// loseNode ends all processes of a host without a word. The ResourceManager notices later, or was
// restarted and does not know, and the node comes back.
func (y *yarn) loseNode(h int) {
	w := y.world
	y.hosts[h].down = true
	y.hosts[h].service.blamed = true
	w.wipeHost(h)
	for _, c := range slices.Clone(y.containers) {
		if c.host == h {
			if c.process != nil {
				c.process.vanish()
			}
			y.remove(c)
		}
	}
	if w.chance(0.7) {
		w.after(nodeExpiry, func() { y.tell(func() { w.driver.nodeLost(h) }) })
	}
	w.after(nodeRestart, func() {
		y.hosts[h].down = false
		y.hosts[h].service.there = y.hosts[h].service.planned
	})
}
