package weft

import (
	"fmt"
	"io"

	"github.com/zeebo/xxh3"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/shuffle"
)

// partitionOf spreads keys over n partitions by the upper half of their hash, so that the lower
// half still spreads the keys of one partition over a hash table. The result is part of the format:
// co-partitioned datasets of two applications depend on it.
func partitionOf(key []byte, n int) int {
	return int(xxh3.Hash(key) >> 32 * uint64(n) >> 32)
}

// writing is a shuffle writer that reports failure to the task, because records are pushed and
// cannot carry it back.
type writing struct {
	*shuffle.Writer
	b *pipeline.Build
}

func (w writing) add(partition int, key, value []byte) {
	if err := w.Add(partition, key, value); err != nil {
		w.b.Fail(fmt.Errorf("write shuffle: %w", err))
	}
}

// writeShuffle runs fill with a writer for the stage's output and commits what it wrote.
func writeShuffle(
	b *pipeline.Build, t pipeline.Target, sorted bool, fill func(writing) error,
) (executor.Result, error) {
	w, err := b.Task.ShuffleWriter(shuffle.WriterConfig{Sorted: sorted, Codec: b.Task.ShuffleCodec()})
	if err != nil {
		return executor.Result{}, err
	}
	defer w.Abort()
	if err := fill(writing{w, b}); err != nil || b.Stopped() {
		return executor.Result{}, err
	}
	out, err := w.Commit()
	if err != nil {
		return executor.Result{}, fmt.Errorf("commit shuffle output: %w", err)
	}
	return executor.Result{Output: &out}, nil
}

// fetched adds what a reader did to the task's counters.
func fetched(b *pipeline.Build, s shuffle.ReaderStats) {
	b.Counters.FetchedLocal += s.LocalBytes
	b.Counters.FetchedRemote += s.RemoteBytes
	b.Counters.FetchWait += int64(s.FetchWait)
}

// readShuffle calls f for every record of a shuffle's partition, in no particular order.
func readShuffle(
	b *pipeline.Build, id dag.ShuffleID, partition int, f func(key, value []byte) error,
) error {
	r, err := b.Task.ShuffleReader(b.Ctx, id, partition)
	if err != nil {
		return err
	}
	defer r.Close()
	defer func() { fetched(b, r.Stats()) }()
	for !b.Stopped() {
		batch, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for c := batch.Cursor(); c.Next(); {
			if err := f(c.Key(), c.Value()); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairs encodes and decodes the pairs of one type, in memory that one task keeps.
type pairs[K, V any] struct {
	key   *codec.KeyBuffer[K]
	value *codec.Buffer[V]
}

func newPairs[K, V any](key *codec.Key[K], value *codec.Codec[V]) pairs[K, V] {
	return pairs[K, V]{codec.NewKeyBuffer(key), codec.NewBuffer(value)}
}

func (p pairs[K, V]) decode(key, value []byte) (Pair[K, V], error) {
	k, err := p.key.Decode(key)
	if err != nil {
		return Pair[K, V]{}, fmt.Errorf("decode a key of %s: %w", typeName[K](), err)
	}
	v, err := p.value.Decode(value)
	if err != nil {
		return Pair[K, V]{}, fmt.Errorf("decode a value of %s: %w", typeName[V](), err)
	}
	return Pair[K, V]{k, v}, nil
}
