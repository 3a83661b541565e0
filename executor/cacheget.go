package executor

import (
	"context"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/shuffle"
)

// cacheGet finds a block here or at another executor. Whatever goes wrong on the way only means
// that the partition is computed again.
func (e *Executor) cacheGet(
	ctx context.Context, t *Task, b block,
) (r *shuffle.BlockReader, ok bool, err error) {
	if kept, ok := e.cache.open(b); ok {
		t.cached = append(t.cached, b)
		return shuffle.NewBlockReader(kept.Body, kept.Meta), true, nil
	}
	if e.client == nil {
		return nil, false, nil
	}
	answer, err := e.link.Locate(ctx, &control.LocateRequest{
		Dataset: int32(b.dataset), Partition: b.partition,
	})
	if err != nil {
		return nil, false, context.Cause(ctx)
	}
	for _, p := range answer.Places {
		if p.Blocks == "" || p.Executor == int32(e.ID) {
			continue
		}
		if r, err := e.client.FetchCached(ctx, p.Blocks, b.id()); err == nil {
			return r, true, nil
		}
	}
	return nil, false, context.Cause(ctx)
}
