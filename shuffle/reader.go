package shuffle

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// ReaderConfig says which blocks a reduce task reads and how.
type ReaderConfig struct {
	Shuffle    ShuffleID
	First      int        // the reduce partitions are [First, Last)
	Last       int        // 0: First+1
	Partitions int        // reduce partitions of the whole shuffle; 0: not checked
	Locations  []Location // one for each map task; order is free

	Store  *Store    // for blocks on this host, and for spills of a merge; nil: all are fetched
	Files  *AppFiles // of Store, kept open for many readers; nil: files are opened for this one
	Host   string    // this host's identity
	Client *Client   // for blocks elsewhere; nil: all must be local

	InFlight int64         // bytes fetched but not consumed; 0: 48 MiB
	Requests int           // connections in use at once; 0: 5
	Retries  int           // after the first try of a request; 0: 3; negative: none
	Backoff  time.Duration // before the second retry, then doubled (the first is at once); 0: 1 s
	Memory   Memory        // budget of a merge; nil: 64 MiB of its own

	// Read grows with the records read, so that others may watch; nil: nobody does. Blocks that a
	// merge reads from local files count when they are opened.
	Read *atomic.Int64
}

func (c *ReaderConfig) count(records int64) {
	if c.Read != nil {
		c.Read.Add(records)
	}
}

func (c *ReaderConfig) complete() error {
	c.Last = orDefault(c.Last, c.First+1)
	c.InFlight = orDefault(c.InFlight, defaultInFlight)
	c.Requests = orDefault(c.Requests, defaultRequests)
	c.Retries = max(0, orDefault(c.Retries, defaultRetries))
	c.Backoff = orDefault(c.Backoff, defaultBackoff)
	if c.First < 0 || c.Last <= c.First || c.Last > MaxPartitions {
		return fmt.Errorf("read shuffle %d: no partitions %d to %d", c.Shuffle, c.First, c.Last)
	}
	if c.InFlight < 0 || c.Requests < 0 {
		return fmt.Errorf("read shuffle %d: negative limits", c.Shuffle)
	}
	return nil
}

// ReaderStats counts what a Reader did so far.
type ReaderStats struct {
	LocalBlocks, RemoteBlocks int64 // not empty ones
	LocalBytes, RemoteBytes   int64 // as stored
	Records                   int64
	Retries                   int64
	FetchWait                 time.Duration // Next waited for the network
}

// Reader reads one reduce task's blocks, in no particular order. It belongs to one
// goroutine; the goroutines it starts end with Close.
type Reader struct {
	c       ReaderConfig
	ctx     context.Context
	cancel  context.CancelFunc
	local   localReader
	fetched chan fetched // closed when all fetches are done
	workers sync.WaitGroup
	window  *semaphore.Weighted
	held    int64 // of the window, by the batch that Next returned last
	retries atomic.Int64
	stats   ReaderStats
	err     error
}

// NewReader starts reading. ctx bounds the Reader's whole life: Next returns soon after it
// ends.
func NewReader(ctx context.Context, c ReaderConfig) (*Reader, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	local, remote, err := c.split(c.Locations)
	if err != nil {
		return nil, err
	}
	return newReader(ctx, c, local, remote), nil
}

func newReader(ctx context.Context, c ReaderConfig, local, remote []Location) *Reader {
	r := &Reader{c: c, fetched: make(chan fetched), window: semaphore.NewWeighted(c.InFlight)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.local = localReader{ReaderConfig: &r.c, ctx: r.ctx, locs: local}
	r.start(planFetches(&r.c, remote))
	return r
}

// split tells the locations whose files this host has from those to be fetched.
func (c *ReaderConfig) split(locs []Location) (local, remote []Location, err error) {
	for _, loc := range locs {
		id := OutputID{c.Shuffle, loc.Map, loc.Attempt}
		switch {
		case c.Store != nil && loc.Host == c.Host && c.has(id):
			local = append(local, loc)
		case c.Client != nil && loc.Addr != "":
			remote = append(remote, loc)
		default:
			return nil, nil, c.localFailure(loc, c.First, fmt.Errorf("%w, and no server to ask",
				ErrNotFound))
		}
	}
	return local, remote, nil
}

func (c *ReaderConfig) has(id OutputID) bool {
	if c.Files != nil {
		return c.Files.has(id)
	}
	return c.Store.has(id)
}

// start runs the fetches on a few workers, each with one connection in use.
func (r *Reader) start(jobs []*fetch) {
	queue := make(chan *fetch, len(jobs))
	for _, job := range jobs {
		queue <- job
	}
	close(queue)
	for range min(r.c.Requests, len(jobs)) {
		r.workers.Go(func() {
			f := fetcher{ReaderConfig: &r.c, out: r.fetched, window: r.window,
				retry: func() { r.retries.Add(1) }}
			for job := range queue {
				if r.ctx.Err() == nil {
					f.run(r.ctx, job)
				}
			}
		})
	}
	go func() { // ends with the workers, for which Close waits by draining the channel
		r.workers.Wait()
		close(r.fetched)
	}()
}

// Next returns the next verified batch, or io.EOF after the last. A block that is missing,
// corrupt or not served makes it return a *FetchFailedError.
func (r *Reader) Next() (Batch, error) {
	if r.err != nil {
		return Batch{}, r.err
	}
	r.window.Release(r.held)
	r.held = 0
	batch, err := r.next()
	if err != nil && err != io.EOF && r.ctx.Err() != nil {
		err = context.Cause(r.ctx)
	}
	r.err = err
	r.stats.Records += int64(batch.Records)
	r.c.count(int64(batch.Records))
	return batch, err
}

// next prefers what has been fetched, so that the network goes on while local blocks are
// read.
func (r *Reader) next() (Batch, error) {
	select {
	case item, ok := <-r.fetched:
		if ok {
			return r.take(item)
		}
	case <-r.ctx.Done():
		return Batch{}, r.ctx.Err()
	default:
	}
	if batch, err := r.local.next(); err != io.EOF {
		return batch, err
	}
	began := time.Now()
	item, ok := <-r.fetched // the workers end with ctx
	r.stats.FetchWait += time.Since(began)
	if !ok {
		return Batch{}, orDefault(r.ctx.Err(), io.EOF)
	}
	return r.take(item)
}

// take accepts a fetched batch.
func (r *Reader) take(item fetched) (Batch, error) {
	r.held = item.weight
	r.stats.RemoteBytes += item.stored
	if item.stored > 0 {
		r.stats.RemoteBlocks++
	}
	return item.Batch, item.err
}

// Stats returns the counters.
func (r *Reader) Stats() ReaderStats {
	s := r.stats
	s.LocalBlocks, s.LocalBytes = r.local.blocks, r.local.bytes
	s.Retries = r.retries.Load()
	return s
}

// Close stops all fetches and waits for their goroutines. It may be called twice.
func (r *Reader) Close() error {
	r.cancel()
	for range r.fetched {
	}
	r.err = fmt.Errorf("read shuffle %d: %w", r.c.Shuffle, ErrClosed)
	return r.local.close()
}
