package weft

import (
	"context"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Zip is a declared ZipWithIndex.
type Zip[T any] struct{ op *pipeline.Operator }

// ZipWithIndex numbers the records from 0, in the order of partitions and of records in them; the
// number becomes the key. With more than one partition it first runs a job that counts them.
func ZipWithIndex[T any](opts ...Declared) Zip[T] {
	return Zip[T]{narrow("zipWithIndex", opts,
		func(b *pipeline.Build, n pipeline.Node) (push[T, Pair[int64, T]], error) {
			first, err := codec.Unmarshal[[]int64](n.Params)
			if err != nil {
				return nil, err
			}
			next := first[n.Partition]
			return func(in T, emit func(Pair[int64, T])) {
				emit(KV(next, in))
				next++
			}, nil
		})}
}

// On applies the operator.
func (z Zip[T]) On(in Dataset[T]) Dataset[Pair[int64, T]] {
	out := apply[Pair[int64, T]](z.op, in.d, nil)
	out.d.node.Prepare = func(ctx context.Context, n *plan.Node) error {
		first, err := firstIndexes(ctx, in.d)
		if err != nil {
			return err
		}
		n.Params, err = codec.Marshal(first)
		n.Partitions = in.d.node.Partitions
		return err
	}
	return out
}

// firstIndexes counts the records before each partition.
func firstIndexes(ctx context.Context, in *dataset) ([]int64, error) {
	first := make([]int64, in.node.Partitions)
	if len(first) < 2 {
		return first, nil
	}
	counts, err := in.counts(ctx)
	if err != nil {
		return nil, err
	}
	for i := range counts[:len(counts)-1] {
		first[i+1] = first[i] + counts[i]
	}
	return first, nil
}
