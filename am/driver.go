package am

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// Driver runs the jobs of one application. Start makes one.
type Driver struct {
	Options
	started  time.Time
	settings []byte // Conf as executors get it
	addr     string
	profiles *resource.Table
	slots    int // of one executor
	initial  int // executors asked for at first
	size     int // executors that the application counts as having
	rules    scheduler.Config

	life    context.Context // of all that the driver started
	end     context.CancelFunc
	events  chan event
	ended   chan struct{} // closed when the loop has ended
	calls   *mailbox[func(*Driver) event]
	readers sync.WaitGroup // of executors' streams
	servers sync.WaitGroup // everything else that runs
	nextJob atomic.Int32

	// failed and stopping belong to the loop. down is closed and reason set, once, when failed
	// becomes not nil.
	failed   error
	stopping bool
	isAlone  bool
	alone    chan struct{} // closed when stopping and the last executor has gone
	down     chan struct{}
	reason   error

	marksMu sync.Mutex
	marks   Marks

	broadcasts struct {
		sync.Mutex
		values map[int64][]byte
		next   int64
	}

	stop    sync.Once
	stopErr error
}

// Job is one action and what to do with its results.
type Job struct {
	dag.Job
	// Tags are words by which Cancel may find the job.
	Tags []string
	// Templates holds what executors need to run a stage, opaque to the driver.
	Templates map[dag.StageID][]byte
	// Largest tells people what most of a template is; nil: nobody knows.
	Largest func(dag.StageID) string
	// OnResult receives the value of each partition of the result stage, once, in the order
	// in which tasks end. OnAccumulator receives each successful task's parts. Both are called
	// by the goroutine that called Run, and may take their time. Either may be nil.
	OnResult      func(partition int, value []byte)
	OnAccumulator func(id string, value []byte)
}

// Start starts the application: it listens, registers with the cluster and asks for executors.
// It does not wait for them. Every Driver is ended by Stop.
func Start(ctx context.Context, o Options) (*Driver, error) {
	d, l, err := open(o)
	if err != nil {
		return nil, err
	}
	if err := d.serve(); err != nil {
		l.recorder.abandon()
		return nil, err
	}
	if err := d.Cluster.Start(ctx, l.cluster); err != nil {
		l.recorder.abandon()
		d.end()
		d.servers.Wait()
		return nil, errors.Join(err, d.Cluster.Finish(ctx, containers.Final{
			Status: containers.Failed, Diagnostics: err.Error(),
		}))
	}
	l.mark(&d.marks.Registered)
	l.record()
	d.servers.Go(l.run)
	d.servers.Go(d.callCluster)
	if err := d.want(ctx); err != nil {
		return nil, errors.Join(err, d.Stop(ctx, containers.Final{
			Status: containers.Failed, Diagnostics: err.Error(),
		}))
	}
	return d, nil
}

// open makes a Driver and its loop, and starts nothing.
func open(o Options) (*Driver, *loop, error) {
	if err := o.validate(); err != nil {
		return nil, nil, err
	}
	d := &Driver{
		Options: o, started: time.Now(), events: make(chan event, 256), ended: make(chan struct{}),
		calls: newMailbox[func(*Driver) event](), down: make(chan struct{}),
		alone: make(chan struct{}),
	}
	d.marks.Started = d.started
	d.life, d.end = context.WithCancel(context.Background())
	d.slots = o.Slots
	var err error
	if d.profiles, err = profiles(d.Conf, d.slots); err != nil {
		return nil, nil, err
	}
	d.slots = d.profiles.Shape(resource.Default).Slots()
	d.rules = limits(d.Conf)
	d.rules.Allocation = allocation(&d.Options, d.slots)
	d.initial, d.size = d.begin(&d.rules.Allocation)
	if d.settings, err = o.Conf.MarshalBinary(); err != nil {
		return nil, nil, err
	}
	l, err := newLoop(d)
	return d, l, err
}

func newLoop(d *Driver) (*loop, error) {
	if err := d.checkAllocation(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	m, err := scheduler.New(d.rules)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	log, err := newRecorder(d, d.rules)
	if err != nil {
		return nil, err
	}
	l := &loop{
		Driver: d, machine: m, recorder: log, cluster: make(chan containers.Event, 16),
		timer: time.NewTimer(patrolEvery), patrol: patrolEvery,
		outlived: make(map[control.ExecutorID]*executor), undeleted: make(map[string][]int32),
		containers: make(map[containers.ID]*executor), stages: make(map[dag.StageID]*stage),
		blocks:  make(map[dag.DatasetID]map[int32][]control.ExecutorID),
		replies: make(map[dag.ShuffleID]*control.MapOutputsReply),
		files:   make(map[dag.ShuffleID]files), hosts: make(map[string]int),
	}
	l.quorum = quorumOf(d)
	l.target, l.most = d.initial, d.initial
	l.failures.window = conf.ExecutorFailuresValidity.Get(d.Conf)
	whole := scheduler.ProfileAdded{Shape: d.profiles.Shape(resource.Default)}
	if err := errors.Join(l.tell(whole), l.openPools()); err != nil {
		l.recorder.abandon()
		return nil, err
	}
	return l, nil
}

// serve opens the doors for executors.
func (d *Driver) serve() error {
	if d.Local != nil {
		d.servers.Go(func() { _ = d.Local.Serve(d.life, d) })
	}
	if d.Listen == "" {
		return nil
	}
	listener, err := net.Listen("tcp", d.Listen)
	if err != nil {
		d.end()
		d.servers.Wait()
		return fmt.Errorf("listen for executors: %w", err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	d.addr = net.JoinHostPort(hostOf(d.Listen), port)
	d.servers.Go(func() {
		if err := control.Serve(d.life, listener, d.Identity, d); err != nil {
			d.post(broken{err})
		}
	})
	return nil
}

// broken is the end of something the application cannot do without.
type broken struct{ err error }

func (b broken) happen(l *loop) { l.fail(b.err) }

// NextJobID gives each job its number, from 0.
func (d *Driver) NextJobID() dag.JobID { return dag.JobID(d.nextJob.Add(1) - 1) }

// Addr is the host:port on which executors reach the driver; "" without Options.Listen.
func (d *Driver) Addr() string { return d.addr }

// Slots is the number of slots the application asked for, registered or not: the measure for a
// sensible number of partitions. Where executors come and go it is as many as there may be, or
// where that has no limit as many as there are at first, and at least those of two executors.
func (d *Driver) Slots() int { return d.slots * d.size }
