package executor

import (
	"context"
	"fmt"
	"sync"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

// outputs remembers where map outputs are, so that the driver is asked once for each shuffle and
// epoch. The driver raises the epoch whenever outputs were lost, and every launch carries it: what
// was learned at an older one may be wrong and is asked for again.
type outputs struct {
	link     control.Link
	services *services
	driver   driver
	mu       struct {
		sync.Mutex
		epoch int64
		known map[dag.ShuffleID]*places
	}
}

// places is what is known of one shuffle.
type places struct {
	asking    chan struct{} // holds a token while nobody asks the driver
	epoch     int64         // guarded by the token, like locations
	locations []shuffle.Location
}

func (o *outputs) advance(epoch int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mu.epoch = max(o.mu.epoch, epoch)
}

func (o *outputs) drop(id dag.ShuffleID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.mu.known, id)
}

func (o *outputs) entry(id dag.ShuffleID) (*places, int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.known == nil {
		o.mu.known = make(map[dag.ShuffleID]*places)
	}
	p := o.mu.known[id]
	if p == nil {
		p = &places{asking: make(chan struct{}, 1), epoch: -1}
		p.asking <- struct{}{}
		o.mu.known[id] = p
	}
	return p, o.mu.epoch
}

// of gives the places of a shuffle's map outputs. Tasks that need the same answer wait for the
// first one's question; if that task is killed, the next asks.
func (o *outputs) of(ctx context.Context, id dag.ShuffleID) ([]shuffle.Location, error) {
	p, epoch := o.entry(id)
	select {
	case <-p.asking:
		defer func() { p.asking <- struct{}{} }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if p.epoch >= epoch {
		return p.locations, nil
	}
	answer, err := o.link.MapOutputs(ctx, &control.MapOutputsRequest{Shuffle: int32(id)})
	if err != nil {
		return nil, fmt.Errorf("ask for the map outputs of shuffle %d: %w", id, err)
	}
	locations, err := locate(id, answer, o.services, o.driver)
	if err != nil {
		return nil, err
	}
	p.epoch, p.locations = answer.Epoch, locations
	return locations, nil
}

// readerConfig says how a task reads one partition of a shuffle.
func (e *Executor) readerConfig(
	ctx context.Context, t *Task, id dag.ShuffleID, reduce int,
) (shuffle.ReaderConfig, error) {
	locations, err := e.outputs.of(ctx, id)
	return shuffle.ReaderConfig{
		Shuffle: shuffle.ShuffleID(id), First: reduce, Last: reduce + 1, Locations: locations,
		Store: e.store, Files: e.outputFiles, Host: e.Host, Client: e.client,
		InFlight: int64(conf.ReducerMaxSizeInFlight.Get(e.conf)), Memory: t.Memory,
		Retries: retries(conf.ShuffleMaxRetries.Get(e.conf)), Backoff: conf.ShuffleRetryWait.Get(e.conf),
		Read: &t.read,
	}, err
}

// retries are as a reader wants them, to whom 0 means its own default.
func retries(n int) int {
	if n == 0 {
		return -1
	}
	return n
}
