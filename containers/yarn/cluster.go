package yarn

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// Cluster is a containers.Cluster on YARN.
type Cluster struct {
	config Config
	master *rmclient.Master
	nodes  *rmclient.NodeManagers

	loop     *loop           // nil until Start succeeds
	calls    chan call       // to the loop
	ended    chan struct{}   // closed when the loop has ended
	running  context.Context // of heartbeats and starts; ended by stop
	stop     context.CancelFunc
	progress atomic.Uint32 // in millionths
	finish   sync.Once
	finished error
}

var (
	_ containers.Cluster = (*Cluster)(nil)
	_ containers.Checker = (*Cluster)(nil)
	_ containers.Avoider = (*Cluster)(nil)
)

// Errors of calls at the wrong time.
var (
	errNotStarted = errors.New("yarn cluster: not started")
	errFinished   = errors.New("yarn cluster: finished")
)

// nodeTries bounds the search for a NodeManager that does not answer: its containers are better
// asked for elsewhere soon.
const nodeTries = 10 * time.Second

// New makes the cluster of one application attempt. It dials with Start.
func New(c Config) (*Cluster, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	tokens := &rmclient.NMTokens{}
	master, err := rmclient.NewMaster(c.RM, c.Token, tokens)
	if err != nil {
		return nil, err
	}
	onNodes := c.RM
	onNodes.RetryFor = min(conf.YarnConnectTimeout.Get(c.Conf), nodeTries)
	return &Cluster{
		config: c, master: master, nodes: rmclient.NewNodeManagers(onNodes, tokens),
		calls: make(chan call), ended: make(chan struct{}),
	}, nil
}

// Start registers the application and looks for the cluster's nodes at the same time.
func (c *Cluster) Start(ctx context.Context, events chan<- containers.Event) error {
	var registered rmclient.Registered
	var places []rmclient.NodeReport
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		registration := c.config.Registration
		registration.Constraints = c.config.placed.constraints()
		registered, err = c.master.Register(both, registration)
		return c.config.placed.explain(err)
	})
	group.Go(func() error {
		places = c.listNodes(both)
		return nil
	})
	if err := group.Wait(); err != nil {
		return fmt.Errorf("start on YARN: %w", err)
	}
	// The loop outlives this call; Finish ends it.
	c.running, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.loop = newLoop(c, events, registered, places)
	go func() {
		defer close(c.ended)
		c.loop.run(c.running)
	}()
	return nil
}

// listNodes is best effort: without it asks name only the hosts the driver names.
func (c *Cluster) listNodes(ctx context.Context) []rmclient.NodeReport {
	if c.config.Nodes == nil {
		return nil
	}
	nodes, err := c.config.Nodes(ctx)
	if err != nil && ctx.Err() == nil {
		c.config.Log.Warn("list the cluster's nodes; executors will come one by one", "error", err)
	}
	return nodes
}

// A call is work for the loop and where its result goes.
type call struct {
	do   func(*loop) error
	done chan error // of capacity 1
}

// ask has the loop do something and waits for it.
func (c *Cluster) ask(ctx context.Context, do func(*loop) error) error {
	if c.loop == nil {
		return errNotStarted
	}
	this := call{do, make(chan error, 1)}
	select {
	case c.calls <- this:
		return <-this.done // the loop never blocks
	case <-c.ended:
		return errFinished
	case <-ctx.Done():
		return fmt.Errorf("yarn cluster: %w", ctx.Err())
	}
}

// Want says how many containers of each profile the application would like to have.
func (c *Cluster) Want(ctx context.Context, asks []containers.Ask) error {
	return c.ask(ctx, func(l *loop) error { return l.want(asks) })
}

// Check refuses a container of a profile that the ResourceManager can never give. The error wraps
// submit.ErrTooLarge or submit.ErrUnknownResource.
func (c *Cluster) Check(ctx context.Context, size resource.Vector) error {
	return c.ask(ctx, func(l *loop) error {
		_, err := l.named(size, submit.Keys{Memory: "Profile.Memory", Cores: "Profile.Cores"})
		return err
	})
}

// Avoid gives no new containers on the hosts.
func (c *Cluster) Avoid(ctx context.Context, hosts []string) error {
	return c.ask(ctx, func(l *loop) error { l.avoid(hosts); return nil })
}

// Launch starts an executor in a container.
func (c *Cluster) Launch(ctx context.Context, id containers.ID, launch containers.Launch) error {
	return c.ask(ctx, func(l *loop) error { return l.launch(id, launch) })
}

// Release gives containers back.
func (c *Cluster) Release(ctx context.Context, ids []containers.ID) error {
	return c.ask(ctx, func(l *loop) error { l.release(ids); return nil })
}

const millionths = 1e6

// Progress is told to the ResourceManager with the next heartbeat.
func (c *Cluster) Progress(fraction float32) {
	c.progress.Store(uint32(min(max(fraction, 0), 1) * millionths))
}
