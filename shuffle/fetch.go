package shuffle

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/semaphore"
)

// maxFetchBlocks bounds the map outputs asked for in one request: enough that the request's
// cost vanishes, few enough that several connections share the work.
const maxFetchBlocks = 512

// fetch is a request for outputs of one server, which a worker carries out.
type fetch struct {
	addr  string
	locs  []Location
	items []item
	// What was delivered already, so that a retry goes on from there: whole items, then
	// partitions of the next, then frames of the next.
	item, part, frames int
}

// fetched is a batch on its way to the consumer, or the failure that ends the Reader.
type fetched struct {
	Batch
	weight int64 // of the in-flight limit, to be released by the consumer
	stored int64 // bytes of the block, counted with its first batch
	err    error
}

// fetcher is a worker. It delivers what it fetches to the Reader.
type fetcher struct {
	*ReaderConfig
	out    chan<- fetched
	window *semaphore.Weighted
	held   int64 // of the window, by the frame that is being read
	retry  func()
}

// run carries out a fetch, with retries. A retry that got further starts the count anew.
func (f *fetcher) run(ctx context.Context, job *fetch) {
	for tries := 0; ; tries++ {
		item, part, frames := job.item, job.part, job.frames
		err := f.once(ctx, job)
		if err == nil || ctx.Err() != nil {
			return
		}
		if job.item != item || job.part != part || job.frames != frames {
			tries = 0
		}
		if tries >= f.Retries || useless(err, tries) {
			_ = f.send(ctx, fetched{err: f.failure(job, err)}) // an error says that nobody waits
			return
		}
		f.retry()
		if tries > 0 && wait(ctx, f.Backoff<<(tries-1)) != nil {
			return
		}
	}
}

// useless reports whether asking again cannot help: the server has said that it does not
// have the block, or something was corrupt twice, and so not only on the wire.
func useless(err error, tries int) bool {
	var told *serverError
	if errors.As(err, &told) && told.status != statusRefused {
		return told.status != statusFailed
	}
	return (told != nil || errors.Is(err, ErrCorrupt)) && tries > 0 || errors.Is(err, ErrClosed)
}

// failure names the block at which the fetch stopped. Nobody is to blame when it is this
// executor that ends.
func (f *fetcher) failure(job *fetch, cause error) error {
	if errors.Is(cause, ErrClosed) {
		return cause
	}
	loc := job.locs[job.item]
	return &FetchFailedError{Executor: loc.Executor, Addr: job.addr, Shuffle: f.Shuffle,
		Map: loc.Map, Attempt: loc.Attempt, Maps: loc.Maps,
		Reduce: job.items[job.item].first + job.part, Cause: cause}
}

// once asks for what is missing and delivers it.
func (f *fetcher) once(ctx context.Context, job *fetch) error {
	items := append([]item(nil), job.items[job.item:]...)
	items[0].first += job.part
	items[0].count -= job.part
	a, err := f.Client.ask(ctx, job.addr, request{kindOutput, f.Shuffle, items})
	if err != nil {
		return err
	}
	whole := false
	defer func() { a.end(whole) }()
	for _, it := range items {
		metas, err := a.item(it)
		if err != nil {
			return err
		}
		for _, meta := range metas {
			if err := f.block(ctx, job, a, meta); err != nil {
				return err
			}
			job.part, job.frames = job.part+1, 0
		}
		job.item, job.part = job.item+1, 0
	}
	whole = true
	return nil
}

// block delivers the frames of one block, but for those that went out before a retry.
func (f *fetcher) block(ctx context.Context, job *fetch, a *answer, meta BlockMeta) error {
	if meta.Bytes == 0 {
		return nil
	}
	r := NewBlockReader(a.link.in, meta)
	r.wanted = job.locs[job.item].Maps
	r.reserve = func(n int64) error {
		n = min(n, f.InFlight)
		if err := f.window.Acquire(ctx, n); err != nil {
			return err
		}
		f.held = n
		return nil
	}
	defer f.release()
	it := job.items[job.item]
	for {
		batch, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if r.frame <= job.frames {
			f.release()
			continue
		}
		batch.Map, batch.Partition = it.mapID, it.first+job.part
		item := fetched{Batch: batch, weight: f.held}
		if job.frames == 0 {
			item.stored = meta.Bytes
		}
		f.held = 0
		if err := f.send(ctx, item); err != nil {
			return err
		}
		job.frames = r.frame
	}
}

// release gives back what the frame being read holds of the window.
func (f *fetcher) release() {
	f.window.Release(f.held)
	f.held = 0
}

// send hands over to the Reader. A batch that nobody takes any more is dropped together
// with the window, which the Reader owned.
func (f *fetcher) send(ctx context.Context, item fetched) error {
	select {
	case f.out <- item:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// defaults of a ReaderConfig.
const (
	defaultInFlight = 48 << 20
	defaultRequests = 5
	defaultRetries  = 3
	defaultBackoff  = time.Second
)
