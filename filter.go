package weft

import "github.com/weft-data/weft/internal/pipeline"

// Filter keeps the records for which f is true. Keys stay where they are: a dataset that is
// partitioned by key remains so.
func Filter[T any](f func(T) bool, opts ...Declared) Narrow[T, T] {
	op := narrow("filter", opts, func(b *pipeline.Build, n pipeline.Node) (push[T, T], error) {
		return filtering(b, n, f), nil
	})
	return Narrow[T, T]{op: op, keep: true}
}

// FilterWith is Filter with a function of two steps.
func FilterWith[P, T any](
	f func(*Task, P) (func(T) bool, error), opts ...Declared,
) NarrowWith[P, T, T] {
	return narrowWith("filter", opts, f, filtering[T])
}

func filtering[T any](b *pipeline.Build, n pipeline.Node, f func(T) bool) push[T, T] {
	step := b.Enter(n.Label)
	return func(in T, emit func(T)) {
		b.Take(step)
		if f(in) {
			emit(in)
		}
	}
}
