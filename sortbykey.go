package weft

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Sort is a declared SortByKey.
type Sort[K cmp.Ordered, V any] struct {
	op, sample *pipeline.Operator
}

// SortByKey orders pairs by key: each partition is sorted, and every key of a partition is less
// than those of the next. Where partitions begin is found by a job that samples the input, so the
// input is computed twice; Persist it when that costs more than keeping it.
func SortByKey[K cmp.Ordered, V any](opts ...Declared) Sort[K, V] {
	key, value, t := keyed[K, V]()
	op := declare("sortByKey", pipeline.Operator{
		Write: func(b *pipeline.Build, t pipeline.Target, in any) (executor.Result, error) {
			return writeRanges(b, t, in.(pipeline.Stream[Pair[K, V]]), newPairs(key, value))
		},
		Read: func(b *pipeline.Build, n pipeline.Node, in []pipeline.Wide) (any, error) {
			return readSorted(b, n, in[0], newPairs(key, value)), nil
		},
	}, opts, t)
	sample := declare("sortByKey", pipeline.Operator{
		Act: func(b *pipeline.Build, t pipeline.Target, in any) (executor.Result, error) {
			return sampleKeys(b, t, in.(pipeline.Stream[Pair[K, V]]), codec.NewKeyBuffer(key))
		},
	}, []Declared{Named(op.ID + " sample")}, t)
	return Sort[K, V]{op, sample}
}

// On applies the operator. Without Partitions the result has as many partitions as any wide
// operator's; where the keys are few it may have fewer.
func (o Sort[K, V]) On(in Dataset[Pair[K, V]], opts ...ShuffleOption) Dataset[Pair[K, V]] {
	how := hashed(typeName[K](), opts)
	how.scheme = "range"
	how.prepare = func(ctx context.Context, n *plan.Node) error {
		bounds, err := o.bounds(ctx, in.d, n)
		if err != nil {
			return fmt.Errorf("sample the keys for %s: %w", n.Label, err)
		}
		n.Params, err = codec.Marshal(bounds)
		n.Partitions = len(bounds) + 1
		n.Partitioner = plan.Partitioner{Scheme: "range", Key: how.key, Partitions: n.Partitions,
			Bounds: n.ID}
		return err
	}
	return shuffled[Pair[K, V]](o.op, how, in.d)
}

// sampled is what one partition's sample says: some of its keys, each standing for Weight records.
type sampled struct {
	Keys   [][]byte
	Weight float64
}

// samplesPerPartition is how many keys are kept for each partition of the result, as in Spark's
// RangePartitioner.
const samplesPerPartition = 20

// bounds samples the input and returns the first keys of all partitions but the first.
func (o Sort[K, V]) bounds(ctx context.Context, in *dataset, n *plan.Node) ([][]byte, error) {
	if n.Partitions < 2 {
		return nil, nil
	}
	size := 3 * samplesPerPartition * n.Partitions / max(1, in.node.Partitions)
	params, err := codec.Marshal(int64(max(size, samplesPerPartition)))
	if err != nil {
		return nil, err
	}
	values, err := in.session.act(ctx, in.node,
		plan.Action{Op: o.sample.ID, Label: n.Label + " (sample)", Params: params})
	if err != nil {
		return nil, err
	}
	samples := make([]sampled, 0, len(values))
	for _, v := range values {
		s, err := codec.Unmarshal[sampled](v)
		if err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
	return cut(samples, n.Partitions), nil
}

// cut chooses up to n-1 bounds so that about equal weights lie between them.
func cut(samples []sampled, n int) [][]byte {
	type weighted struct {
		key    []byte
		weight float64
	}
	var all []weighted
	total := 0.0
	for _, s := range samples {
		for _, k := range s.Keys {
			all = append(all, weighted{k, s.Weight})
			total += s.Weight
		}
	}
	slices.SortFunc(all, func(a, b weighted) int { return bytes.Compare(a.key, b.key) })
	var bounds [][]byte
	seen := 0.0
	for i, w := range all {
		if seen >= total*float64(len(bounds)+1)/float64(n) && !bytes.Equal(w.key, all[max(i, 1)-1].key) {
			bounds = append(bounds, w.key)
		}
		seen += w.weight
		if len(bounds) == n-1 {
			break
		}
	}
	return bounds
}

// sampleKeys keeps a reservoir of a partition's keys. The random source depends on the partition
// alone, so that a task tried again samples the same keys.
func sampleKeys[K cmp.Ordered, V any](b *pipeline.Build, t pipeline.Target,
	in pipeline.Stream[Pair[K, V]], key *codec.KeyBuffer[K]) (executor.Result, error) {
	size, err := codec.Unmarshal[int64](t.Params)
	if err != nil {
		return executor.Result{}, err
	}
	random := rand.New(rand.NewPCG(uint64(t.Partition), 0))
	var kept sampled
	var seen int64
	err = in(func(p Pair[K, V]) {
		seen++
		switch {
		case int64(len(kept.Keys)) < size:
			kept.Keys = append(kept.Keys, bytes.Clone(key.Of(p.Key)))
		default:
			if i := random.Int64N(seen); i < size {
				kept.Keys[i] = append(kept.Keys[i][:0], key.Of(p.Key)...)
			}
		}
	})
	if err != nil {
		return executor.Result{}, err
	}
	kept.Weight = float64(seen) / float64(max(1, len(kept.Keys)))
	value, err := codec.Marshal(kept)
	return executor.Result{Value: value}, err
}

// writeRanges writes each pair to the last partition whose first key is not greater.
func writeRanges[K, V any](b *pipeline.Build, t pipeline.Target, in pipeline.Stream[Pair[K, V]],
	p pairs[K, V]) (executor.Result, error) {
	bounds, err := codec.Unmarshal[[][]byte](t.Params)
	if err != nil {
		return executor.Result{}, err
	}
	return writeShuffle(b, t, true, func(w writing) error {
		return in(func(r Pair[K, V]) {
			if b.Dropped() {
				return
			}
			key := p.key.Of(r.Key)
			w.add(rangeOf(bounds, key), key, p.value.Of(r.Value))
		})
	})
}

// rangeOf counts the bounds that are not greater than key.
func rangeOf(bounds [][]byte, key []byte) int {
	low, high := 0, len(bounds)
	for low < high {
		middle := int(uint(low+high) / 2)
		if bytes.Compare(bounds[middle], key) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func readSorted[K, V any](b *pipeline.Build, n pipeline.Node, in pipeline.Wide,
	p pairs[K, V]) pipeline.Stream[Pair[K, V]] {
	return func(emit func(Pair[K, V])) error {
		records, err := b.Task.ShuffleMerge(b.Ctx, in.Shuffle, n.Partition)
		if err != nil {
			return err
		}
		defer records.Close()
		defer func() { fetched(b, records.Stats()) }()
		for records.Next() && !b.Dropped() {
			pair, err := p.decode(records.Key(), records.Value())
			if err != nil {
				return err
			}
			emit(pair)
		}
		return records.Err()
	}
}
