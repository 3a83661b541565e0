package weft

import (
	"fmt"
	"io"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Level says where a persisted dataset is kept.
type Level plan.Level

// The storage levels. Partitions are kept encoded. What does not fit into memory is computed again
// when it is needed (MemoryOnly), or written to the executor's disk (MemoryAndDisk).
const (
	MemoryOnly    = Level(plan.MemoryOnly)
	DiskOnly      = Level(plan.DiskOnly)
	MemoryAndDisk = Level(plan.MemoryAndDisk)
)

// Persist keeps the dataset's partitions where they are computed, from the first action on, so that
// later actions read them. Losing them costs only time. It changes ds itself, and returns it.
func (ds Dataset[T]) Persist(level Level) Dataset[T] {
	ds.d.session.graph.Lock()
	defer ds.d.session.graph.Unlock()
	ds.d.node.Persist = plan.Level(level)
	return ds
}

// Unpersist frees what Persist kept.
func (ds Dataset[T]) Unpersist() {
	ds.d.session.graph.Lock()
	ds.d.node.Persist = plan.NotPersisted
	ds.d.session.graph.Unlock()
	ds.d.session.driver.DropDataset(ds.d.node.ID)
}

// persist reads the partition from the cache, or computes and keeps it. Its input is a function
// that wires the computation, which is not needed when the cache has the partition.
func (t builtins[T]) persist(b *pipeline.Build, n pipeline.Node, in []any) (any, error) {
	return pipeline.Stream[T](func(emit func(T)) error {
		found, err := t.fromCache(b, n, emit)
		if err != nil || found {
			return err
		}
		up, err := in[0].(func() (any, error))()
		if err != nil {
			return err
		}
		return t.intoCache(b, n, up.(pipeline.Stream[T]), emit)
	}), nil
}

func (t builtins[T]) fromCache(b *pipeline.Build, n pipeline.Node, emit func(T)) (bool, error) {
	r, ok, err := b.Task.CacheGet(b.Ctx, n.ID, int32(n.Partition))
	if err != nil || !ok {
		return false, err
	}
	defer r.Close()
	values := codec.NewBuffer(t.codec)
	for !b.Stopped() {
		batch, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return true, fmt.Errorf("read the cached partition %d of %s: %w", n.Partition, n.Label, err)
		}
		for c := batch.Cursor(); c.Next(); {
			v, err := values.Decode(c.Value())
			if err != nil {
				return true, fmt.Errorf("decode the cached partition %d of %s: %w", n.Partition, n.Label, err)
			}
			emit(v)
		}
	}
	return true, nil
}

func (t builtins[T]) intoCache(
	b *pipeline.Build, n pipeline.Node, up pipeline.Stream[T], emit func(T),
) error {
	w, err := b.Task.CachePut(n.ID, int32(n.Partition), n.Persist)
	if err != nil {
		return err
	}
	defer w.Abort()
	values := codec.NewBuffer(t.codec)
	var failed error
	err = up(func(v T) {
		if failed == nil && !b.Dropped() {
			failed = w.Add(nil, values.Of(v))
		}
		emit(v)
	})
	if err != nil || failed != nil || b.Stopped() {
		return err // a partition that cannot be kept is no failure
	}
	if err := w.Commit(); err != nil {
		b.Task.Log.Warn("partition not kept", "dataset", n.Label, "partition", n.Partition, "error", err)
	}
	return nil
}
