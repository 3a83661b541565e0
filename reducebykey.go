package weft

import (
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
)

// ReduceByKey merges the values of each key with f, which must be associative and commutative.
// Values are merged where they arise before they travel.
//
//	var count = weft.ReduceByKey[string](func(a, b int64) int64 { return a + b })
func ReduceByKey[K, V any](f func(a, b V) V, opts ...Declared) Wide[Pair[K, V], Pair[K, V]] {
	return aggregated("reduceByKey", aggregation[K, V, V]{
		create: func(v V) V { return v },
		add:    func(into *V, v V) { *into = f(*into, v) },
		merge:  func(into *V, v V) { *into = f(*into, v) },
	}, opts)
}

// AggregateByKey folds the values of each key into an A: zero makes an empty one, add takes a value
// in, and merge unites two. It merges before records travel, as ReduceByKey does.
func AggregateByKey[K, V, A any](zero func() A, add func(A, V) A, merge func(a, b A) A,
	opts ...Declared) Wide[Pair[K, V], Pair[K, A]] {
	return aggregated("aggregateByKey", aggregation[K, V, A]{
		create: func(v V) A { return add(zero(), v) },
		add:    func(into *A, v V) { *into = add(*into, v) },
		merge:  func(into *A, a A) { *into = merge(*into, a) },
	}, opts)
}

// aggregation is one value for each key, made of many.
type aggregation[K, V, A any] struct {
	key    *codec.Key[K]
	values *codec.Codec[A]
	create func(V) A
	add    func(*A, V)
	merge  func(*A, A)
}

func aggregated[K, V, A any](
	kind string, a aggregation[K, V, A], opts []Declared,
) Wide[Pair[K, V], Pair[K, A]] {
	_, in := record[Pair[K, V]]()
	key, values, out := keyed[K, A]()
	a.key, a.values = key, values
	op := declare(kind, pipeline.Operator{Write: a.write, Read: a.read}, opts, in, out)
	return Wide[Pair[K, V], Pair[K, A]]{op: op, key: typeName[K]()}
}

// write combines a partition's pairs in memory and writes one record for each key, or a few when
// memory is short.
func (a aggregation[K, V, A]) write(
	b *pipeline.Build, t pipeline.Target, in any,
) (executor.Result, error) {
	return writeShuffle(b, t, false, func(w writing) error {
		c := newCombiner(b, a.values, func(key, value []byte) error {
			return w.Add(partitionOf(key, t.Partitions), key, value)
		})
		defer c.free()
		if err := a.collect(b, t.Label, c, in.(pipeline.Stream[Pair[K, V]])); err != nil {
			return err
		}
		return c.drain()
	})
}

// collect combines the pairs of a stream.
func (a aggregation[K, V, A]) collect(b *pipeline.Build, label string, c *combiner[A],
	in pipeline.Stream[Pair[K, V]]) error {
	step, key := b.Enter(label), codec.NewKeyBuffer(a.key)
	return in(func(p Pair[K, V]) {
		if b.Dropped() {
			return
		}
		b.Take(step)
		if at, found := c.at(key.Of(p.Key)); found {
			a.add(at, p.Value)
		} else {
			*at = a.create(p.Value)
		}
	})
}

func (a aggregation[K, V, A]) read(
	b *pipeline.Build, n pipeline.Node, in []pipeline.Wide,
) (any, error) {
	return pipeline.Stream[Pair[K, A]](func(emit func(Pair[K, A])) error {
		m := newMerger(b, a.values, a.merge)
		defer m.close()
		if err := a.fill(b, n, m, in[0]); err != nil {
			return err
		}
		key := codec.NewKeyBuffer(a.key)
		return m.each(func(k []byte, v A) error {
			decoded, err := key.Decode(k)
			if err == nil {
				emit(Pair[K, A]{decoded, v})
			}
			return err
		})
	}), nil
}

func (a aggregation[K, V, A]) fill(
	b *pipeline.Build, n pipeline.Node, m *merger[A], in pipeline.Wide,
) error {
	if in.Stream != nil {
		return a.collect(b, n.Label, m.combiner, in.Stream.(pipeline.Stream[Pair[K, V]]))
	}
	step := b.Enter(n.Label)
	return readShuffle(b, in.Shuffle, n.Partition, func(key, value []byte) error {
		b.Take(step)
		return m.add(key, value)
	})
}
