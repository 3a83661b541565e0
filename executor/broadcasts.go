package executor

import (
	"context"
	"fmt"
	"sync"

	"github.com/weft-data/weft/control"
)

// broadcasts keeps the broadcast values that tasks asked for: each fetched once and decoded once.
type broadcasts struct {
	link control.Link
	mu   struct {
		sync.Mutex
		values map[int64]*broadcast
	}
}

// broadcast is one value. The token guards the other fields and makes tasks that need the same
// value wait for the first one's fetch; if that task is killed, the next fetches.
type broadcast struct {
	token   chan struct{}
	fetched bool
	data    []byte
	decoded bool
	value   any
}

func (b *broadcasts) entry(id int64) *broadcast {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mu.values == nil {
		b.mu.values = make(map[int64]*broadcast)
	}
	v := b.mu.values[id]
	if v == nil {
		v = &broadcast{token: make(chan struct{}, 1)}
		v.token <- struct{}{}
		b.mu.values[id] = v
	}
	return v
}

func (b *broadcasts) drop(id int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.mu.values, id)
}

func (b *broadcasts) bytes(ctx context.Context, id int64) ([]byte, error) {
	v, release, err := b.fetch(ctx, id)
	if err != nil {
		return nil, err
	}
	defer release()
	return v.data, nil
}

// decoded keeps the fetched bytes beside the value: another operator may ask for them.
func (b *broadcasts) decoded(
	ctx context.Context, id int64, decode func([]byte) (any, error),
) (any, error) {
	v, release, err := b.fetch(ctx, id)
	if err != nil {
		return nil, err
	}
	defer release()
	if !v.decoded {
		value, err := decode(v.data)
		if err != nil {
			return nil, fmt.Errorf("decode broadcast %d: %w", id, err)
		}
		v.value, v.decoded = value, true
	}
	return v.value, nil
}

// fetch gives the value with its token taken.
func (b *broadcasts) fetch(
	ctx context.Context, id int64,
) (v *broadcast, release func(), err error) {
	v = b.entry(id)
	select {
	case <-v.token:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	release = func() { v.token <- struct{}{} }
	if !v.fetched {
		if v.data, err = b.link.Broadcast(ctx, id); err != nil {
			release()
			return nil, nil, err
		}
		v.fetched = true
	}
	return v, release, nil
}
