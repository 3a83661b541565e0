package shuffle

import (
	"context"
	"sync"
)

// room is memory that is given for long requests, and another for the long heads of answers:
// who waits for the second holds some of the first, never the other way round. One application
// gets at most half of what is free, so that it cannot keep others from theirs.
type room struct {
	mu struct {
		sync.Mutex
		free  int64
		given chan struct{} // closed when some is given back
	}
}

const (
	// shortRequest is how many items or blocks are served without asking for room.
	shortRequest = 64
	itemRoom     = itemSize + 48                  // as sent and as decoded
	blockRoom    = indexEntrySize + metaSize + 72 // in the index, decoded, in the answer
	// minMemory has room for the longest requests and answers of several applications.
	minMemory = 6 * maxBlocks * blockRoom
)

func newRoom(size int64) *room {
	r := &room{}
	r.mu.free = size
	r.mu.given = make(chan struct{})
	return r
}

// take waits until an application that has so many bytes may have n more. Nobody asks for more
// than a quarter of the whole, and all give back what they hold when their client takes nothing
// for too long, so that everybody's turn comes.
func (r *room) take(ctx context.Context, has *int64, n int64) error {
	for {
		r.mu.Lock()
		if *has+n <= r.mu.free || *has == 0 && n <= r.mu.free {
			r.mu.free -= n
			*has += n
			r.mu.Unlock()
			return nil
		}
		given := r.mu.given
		r.mu.Unlock()
		select {
		case <-given:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// give returns n bytes.
func (r *room) give(has *int64, n int64) {
	if n == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mu.free += n
	*has -= n
	close(r.mu.given)
	r.mu.given = make(chan struct{})
}
