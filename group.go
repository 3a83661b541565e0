package weft

import (
	"bytes"
	"fmt"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/shuffle"
)

// GroupByKey brings all values of each key together. All values of one key must fit into memory at
// once; where they are to be merged anyway, ReduceByKey and AggregateByKey move far less.
func GroupByKey[K, V any](opts ...Declared) Wide[Pair[K, V], Pair[K, []V]] {
	key, values, in := keyed[K, V]()
	_, out := record[Pair[K, []V]]()
	op := declare("groupByKey", pipeline.Operator{
		Write: func(b *pipeline.Build, t pipeline.Target, in any) (executor.Result, error) {
			return writePairs(b, t, in.(pipeline.Stream[Pair[K, V]]), newPairs(key, values))
		},
		Read: func(b *pipeline.Build, n pipeline.Node, in []pipeline.Wide) (any, error) {
			return pipeline.Stream[Pair[K, []V]](func(emit func(Pair[K, []V])) error {
				g, err := newGroups(b, n, in[0], newPairs(key, values))
				if err != nil {
					return err
				}
				defer g.close()
				return g.each(func(key K, values []V) { emit(KV(key, cloned(values))) })
			}), nil
		},
	}, opts, in, out)
	return Wide[Pair[K, V], Pair[K, []V]]{op: op, key: typeName[K]()}
}

// writePairs writes a partition's pairs by the hash of their keys.
func writePairs[K, V any](b *pipeline.Build, t pipeline.Target, in pipeline.Stream[Pair[K, V]],
	p pairs[K, V]) (executor.Result, error) {
	return writeShuffle(b, t, false, func(w writing) error {
		return in(func(r Pair[K, V]) {
			if b.Dropped() {
				return
			}
			key := p.key.Of(r.Key)
			w.add(partitionOf(key, t.Partitions), key, p.value.Of(r.Value))
		})
	})
}

// groups walks over one input of a wide operator in the order of its encoded keys, key by key.
type groups[K, V any] struct {
	b       *pipeline.Build
	pairs   pairs[K, V]
	records *shuffle.Records
	ok      bool // records stands on a record
	values  []V  // of the current key, reused for the next
}

// newGroups sorts the input, on disk where memory is short.
func newGroups[K, V any](
	b *pipeline.Build, n pipeline.Node, in pipeline.Wide, p pairs[K, V],
) (*groups[K, V], error) {
	s, err := b.Task.Sorter()
	if err != nil {
		return nil, err
	}
	if err := sortInput(b, n, in, p, s); err != nil {
		_ = s.Close()
		return nil, err
	}
	records, err := s.Sort()
	if err != nil {
		return nil, err
	}
	g := &groups[K, V]{b: b, pairs: p, records: records}
	g.ok = records.Next()
	return g, nil
}

func sortInput[K, V any](
	b *pipeline.Build, n pipeline.Node, in pipeline.Wide, p pairs[K, V], s *shuffle.Sorter,
) error {
	if in.Stream == nil {
		return readShuffle(b, in.Shuffle, n.Partition, s.Add)
	}
	return in.Stream.(pipeline.Stream[Pair[K, V]])(func(r Pair[K, V]) {
		if b.Dropped() {
			return
		}
		if err := s.Add(p.key.Of(r.Key), p.value.Of(r.Value)); err != nil {
			b.Fail(err)
		}
	})
}

func (g *groups[K, V]) close() { _ = g.records.Close() }

// key is the encoded key of the next group, nil at the end.
func (g *groups[K, V]) key() []byte {
	if !g.ok {
		return nil
	}
	return g.records.Key()
}

// take collects the values of the group of key, which are none if the input lacks it. They are good
// until the next call.
func (g *groups[K, V]) take(key []byte) ([]V, error) {
	g.values = g.values[:0]
	for g.ok && bytes.Equal(g.records.Key(), key) {
		v, err := g.pairs.value.Decode(g.records.Value())
		if err != nil {
			return nil, fmt.Errorf("decode a value of %s: %w", typeName[V](), err)
		}
		g.values = append(g.values, v)
		g.ok = g.records.Next()
	}
	return g.values, nil
}

// each calls f for every key.
func (g *groups[K, V]) each(f func(K, []V)) error {
	for g.ok && !g.b.Dropped() {
		encoded := g.records.Key()
		values, err := g.take(encoded)
		if err != nil {
			return err
		}
		key, err := g.pairs.key.Decode(encoded)
		if err != nil {
			return fmt.Errorf("decode a key of %s: %w", typeName[K](), err)
		}
		f(key, values)
	}
	return g.records.Err()
}

// cloned copies values that are about to be reused.
func cloned[V any](values []V) []V { return append(make([]V, 0, len(values)), values...) }

// twoInputs is the shuffle side of an operator over two keyed inputs.
type twoInputs[K, V, W any] struct {
	key   *codec.Key[K]
	left  *codec.Codec[V]
	right *codec.Codec[W]
}

func (t twoInputs[K, V, W]) write(
	b *pipeline.Build, target pipeline.Target, in any,
) (executor.Result, error) {
	if target.Input == 0 {
		return writePairs(b, target, in.(pipeline.Stream[Pair[K, V]]), newPairs(t.key, t.left))
	}
	return writePairs(b, target, in.(pipeline.Stream[Pair[K, W]]), newPairs(t.key, t.right))
}

// each walks over both inputs together and calls f for every key that one of them has. The slices
// are reused.
func (t twoInputs[K, V, W]) each(
	b *pipeline.Build, n pipeline.Node, in []pipeline.Wide, f func(K, []V, []W),
) error {
	left, err := newGroups(b, n, in[0], newPairs(t.key, t.left))
	if err != nil {
		return err
	}
	defer left.close()
	right, err := newGroups(b, n, in[1], newPairs(t.key, t.right))
	if err != nil {
		return err
	}
	defer right.close()
	for (left.ok || right.ok) && !b.Dropped() {
		key := left.key()
		if !left.ok || right.ok && bytes.Compare(right.key(), key) < 0 {
			key = right.key()
		}
		if err := t.one(left, right, key, f); err != nil {
			return err
		}
	}
	if err := left.records.Err(); err != nil {
		return err
	}
	return right.records.Err()
}

func (t twoInputs[K, V, W]) one(
	left *groups[K, V], right *groups[K, W], encoded []byte, f func(K, []V, []W),
) error {
	vs, err := left.take(encoded)
	if err != nil {
		return err
	}
	ws, err := right.take(encoded)
	if err != nil {
		return err
	}
	key, err := left.pairs.key.Decode(encoded)
	if err != nil {
		return fmt.Errorf("decode a key of %s: %w", typeName[K](), err)
	}
	f(key, vs, ws)
	return nil
}
