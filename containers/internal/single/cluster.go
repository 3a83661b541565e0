package single

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/containers"
)

// Grace is how long a stopped executor may take before it is killed.
const Grace = 5 * time.Second

// Starter starts executors.
type Starter interface {
	// Start starts one and returns at once.
	Start(id containers.ID, l containers.Launch) (Running, error)
}

// Running is an executor that was started.
type Running interface {
	// Wait waits for its end and says how it ended; the ID is filled in by the caller. It is
	// called once.
	Wait() containers.Completed
	// Stop asks it to end, Kill makes it. Both return at once and may be called at any time,
	// also after the end.
	Stop()
	Kill()
}

// Options of a Cluster.
type Options struct {
	Name    string // "process": the beginning of container ids
	Host    string // of all containers
	Starter Starter
	// Dirs are where a directory for shuffle and spill files is made; nil: the system's
	// temporary directory. What is made there is removed by Finish.
	Dirs []string
	Log  hclog.Logger // nil: none
}

// Cluster is one machine. It implements containers.Cluster.
type Cluster struct {
	options Options
	outbox  *outbox
	waiting sync.WaitGroup // one for each running executor
	mu      struct {
		sync.Mutex
		asks  []containers.Ask
		held  []*held // in the order they were given
		given int     // containers so far
		dirs  []localDir
		over  bool
	}
}

// held is a container that was given and is not completed.
type held struct {
	containers.Container
	running  Running // nil before Launch
	released bool
	kill     *time.Timer // set by Stop: the end of its grace
}

// New returns a Cluster that was not started.
func New(o Options) *Cluster {
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if len(o.Dirs) == 0 {
		o.Dirs = []string{os.TempDir()}
	}
	return &Cluster{options: o, outbox: newOutbox()}
}

// Start makes the application's directories and begins to send events.
func (c *Cluster) Start(_ context.Context, events chan<- containers.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, parent := range c.options.Dirs {
		dir, err := makeDir(parent, "weft-"+c.options.Name+"-")
		if err != nil {
			return fmt.Errorf("make a local directory; set weft.local.dir to one that can be "+
				"written: %w", err)
		}
		c.mu.dirs = append(c.mu.dirs, dir)
	}
	c.outbox.start(events)
	return nil
}

// Want sets how many containers there should be, and gives what is missing.
func (c *Cluster) Want(_ context.Context, asks []containers.Ask) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.asks = append([]containers.Ask(nil), asks...)
	c.give()
	return nil
}

// give hands out containers until there are as many as wanted. The caller holds mu.
func (c *Cluster) give() {
	var out []containers.Container
	for _, ask := range c.mu.asks {
		for n := ask.Count + ask.Spare - c.holds(ask); n > 0 && !c.mu.over; n-- {
			c.mu.given++
			out = append(out, containers.Container{
				ID:       containers.ID(fmt.Sprintf("%s-%d", c.options.Name, c.mu.given)),
				Host:     c.options.Host,
				Resource: ask.Resource, Profile: ask.Profile,
			})
			c.mu.held = append(c.mu.held, &held{Container: out[len(out)-1]})
		}
	}
	if len(out) > 0 {
		c.outbox.put(containers.Allocated{Containers: out})
	}
}

// holds counts the containers of a profile that are not on their way back.
func (c *Cluster) holds(ask containers.Ask) (n int) {
	for _, h := range c.mu.held {
		if h.Profile == ask.Profile && !h.released {
			n++
		}
	}
	return n
}

func (c *Cluster) find(id containers.ID) *held {
	for _, h := range c.mu.held {
		if h.ID == id {
			return h
		}
	}
	return nil
}

// Progress has nobody to tell.
func (c *Cluster) Progress(float32) {}
