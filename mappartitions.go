package weft

import (
	"iter"

	"github.com/weft-data/weft/internal/pipeline"
)

// MapPartitions makes the records of a partition from all of its records at once: f runs through in
// and calls emit. It is the place for what is set up once for a partition.
func MapPartitions[In, Out any](f func(t *Task, in iter.Seq[In], emit func(Out)) error,
	opts ...Declared) Narrow[In, Out] {
	_, in := record[In]()
	_, out := record[Out]()
	op := declare("mapPartitions", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			return partitionwise(b, n, streams[0].(pipeline.Stream[In]), f), nil
		},
	}, opts, in, out)
	return Narrow[In, Out]{op: op}
}

func partitionwise[In, Out any](b *pipeline.Build, n pipeline.Node, up pipeline.Stream[In],
	f func(*Task, iter.Seq[In], func(Out)) error) pipeline.Stream[Out] {
	step := b.Enter(n.Label)
	return func(emit func(Out)) error {
		back := func(out Out) {
			emit(out)
			b.At = step.ID
		}
		var source error
		b.At = step.ID
		err := f(&Task{b, n}, func(yield func(In) bool) {
			wanted := true
			source = up(func(in In) {
				if wanted && !b.Dropped() {
					b.Take(step)
					wanted = yield(in)
				}
			})
		}, back)
		if err != nil && source == nil {
			b.At = step.ID
			b.FailUser(err)
		}
		return source
	}
}
