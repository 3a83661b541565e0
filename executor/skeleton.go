package executor

import (
	"context"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

type block struct {
	dataset   dag.DatasetID
	partition int32
}
type Executor struct {
	store      *shuffle.Store
	broadcasts broadcasts
	cache      cache
}
type broadcasts struct{}
type cache struct{}

func (broadcasts) bytes(ctx context.Context, id int64) ([]byte, error) { panic("not built yet") }
func (broadcasts) decoded(ctx context.Context, id int64, d func([]byte) (any, error)) (any, error) {
	panic("not built yet")
}
func (cache) create(b block, l plan.Level) (*CacheWriter, error) { panic("not built yet") }
func (e *Executor) readerConfig(ctx context.Context, t *Task, id dag.ShuffleID, reduce int) (shuffle.ReaderConfig, error) {
	panic("not built yet")
}
func (e *Executor) cacheGet(ctx context.Context, b block) (*shuffle.BlockReader, bool, error) {
	panic("not built yet")
}
func (e *Executor) commit(ctx context.Context, t dag.Task) error { panic("not built yet") }

// CacheWriter keeps a partition of a persisted dataset.
type CacheWriter struct{}

// Add appends one record.
func (w *CacheWriter) Add(key, value []byte) error { panic("not built yet") }

// Commit keeps the block. Where there is no room for it, nothing is kept and nothing fails.
func (w *CacheWriter) Commit() error { panic("not built yet") }

// Abort drops what was added. After Commit it does nothing, so it can be deferred.
func (w *CacheWriter) Abort() {}
