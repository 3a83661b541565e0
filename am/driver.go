package am

import (
	"context"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/dag"
)

// Driver runs the jobs of one application.
type Driver struct{}

// Job is one action and what to do with its results.
type Job struct {
	dag.Job
	// Templates holds what executors need to run a stage, opaque to the driver.
	Templates map[dag.StageID][]byte
	// OnResult receives the value of each partition of the result stage, once, in the order
	// in which tasks end. OnAccumulator receives each successful task's parts. Both are called
	// by one goroutine at a time, before Run returns, and may block without holding up other
	// jobs. Either may be nil.
	OnResult      func(partition int, value []byte)
	OnAccumulator func(id string, value []byte)
}

// Start starts the application: it listens, registers with the cluster and asks for executors.
// It does not wait for them. Every Driver is ended by Stop.
func Start(ctx context.Context, o Options) (*Driver, error) { panic("am: not built yet") }

// Run runs a job to its end. Its error is a *scheduler.JobError where the job failed, and wraps
// ErrStopped where the application ended first. When ctx ends the job is cancelled.
func (d *Driver) Run(ctx context.Context, j Job) error { panic("am: not built yet") }

// NextJobID gives each job its number, from 0.
func (d *Driver) NextJobID() dag.JobID { panic("am: not built yet") }

// Broadcast keeps a value for executors to fetch, and returns its id. The driver owns the bytes.
func (d *Driver) Broadcast(value []byte) int64 { panic("am: not built yet") }

// DropBroadcast forgets a broadcast value here and in the executors.
func (d *Driver) DropBroadcast(id int64) { panic("am: not built yet") }

// DropDataset forgets the blocks of a persisted dataset everywhere.
func (d *Driver) DropDataset(id dag.DatasetID) { panic("am: not built yet") }

// DropShuffle forgets a shuffle and its files everywhere.
func (d *Driver) DropShuffle(id dag.ShuffleID) { panic("am: not built yet") }

// Addr is the host:port on which executors reach the driver; "" without Options.Listen.
func (d *Driver) Addr() string { panic("am: not built yet") }

// Slots is the number of slots the application asked for, registered or not: the measure for a
// sensible number of partitions.
func (d *Driver) Slots() int { panic("am: not built yet") }

// Done is closed when the application can run no more jobs; Err then says why.
func (d *Driver) Done() <-chan struct{} { panic("am: not built yet") }

// Err is why the application ended, nil while it runs and after a Stop in peace.
func (d *Driver) Err() error { panic("am: not built yet") }

// Status is a copy of what the driver knows now.
func (d *Driver) Status() Status { panic("am: not built yet") }

// Marks are when the stations of the application were reached.
func (d *Driver) Marks() Marks { panic("am: not built yet") }

// Stop ends the executors, tells the cluster how the application ended and frees everything.
// Running jobs fail with ErrStopped. It returns the cluster's error, and may be called again.
func (d *Driver) Stop(ctx context.Context, f containers.Final) error { panic("am: not built yet") }

// Marks are times of the stations of an application; zero where not reached.
type Marks struct {
	Started       time.Time // Start was called
	Registered    time.Time // the cluster accepted the application
	FirstExecutor time.Time // the first executor registered
	FirstTask     time.Time // the first task's success arrived
	Stopped       time.Time // Stop was called
}
