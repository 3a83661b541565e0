package shuffle

import (
	"context"
	"time"
)

// ReaderConfig says which blocks a reduce task reads and how.
type ReaderConfig struct {
	Shuffle    ShuffleID
	First      int        // the reduce partitions are [First, Last)
	Last       int        // 0: First+1
	Partitions int        // reduce partitions of the whole shuffle; 0: not checked
	Locations  []Location // one for each map task; order is free

	Store  *Store  // for blocks on this host, and for spills of a merge; nil: all are fetched
	Host   string  // this host's identity
	Client *Client // for blocks elsewhere; nil: all must be local

	InFlight int64         // bytes fetched but not consumed; 0: 48 MiB
	Requests int           // connections in use at once; 0: 5
	Retries  int           // after the first try of a request; 0: 3; negative: none
	Backoff  time.Duration // before the second retry, then doubled (the first is at once); 0: 1 s
	Memory   Memory        // budget of a merge; nil: 64 MiB of its own
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
type Reader struct{}

// NewReader starts reading. ctx bounds the Reader's whole life: Next returns soon after it
// ends.
func NewReader(ctx context.Context, c ReaderConfig) (*Reader, error) {
	panic("shuffle: not built yet")
}

// Next returns the next verified batch, or io.EOF after the last. A block that is missing,
// corrupt or not served makes it return a *FetchFailedError.
func (r *Reader) Next() (Batch, error) { panic("shuffle: not built yet") }

// Stats returns the counters.
func (r *Reader) Stats() ReaderStats { panic("shuffle: not built yet") }

// Close stops all fetches and waits for their goroutines. It may be called twice.
func (r *Reader) Close() error { panic("shuffle: not built yet") }

// Merge reads the blocks of a shuffle written with Sorted and returns their records as one
// stream ordered by key. Fetched blocks are held within c.Memory; beyond it they are merged
// into sorted runs on the local disk, so c.Store is required. A range of several partitions
// is merged as one.
func Merge(ctx context.Context, c ReaderConfig) (*Records, error) {
	panic("shuffle: not built yet")
}
