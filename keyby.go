package weft

import "github.com/weft-data/weft/internal/pipeline"

// KeyBy gives each record the key that f finds in it.
func KeyBy[K, T any](f func(T) K, opts ...Declared) Narrow[T, Pair[K, T]] {
	return Narrow[T, Pair[K, T]]{op: narrow("keyBy", opts,
		func(b *pipeline.Build, n pipeline.Node) (push[T, Pair[K, T]], error) {
			return mapping(b, n, func(t T) Pair[K, T] { return Pair[K, T]{f(t), t} }), nil
		})}
}

// MapValues changes the values of pairs and leaves their keys, so that a dataset that is
// partitioned by key remains so. The type of the key comes first, because no argument tells it:
//
//	var double = weft.MapValues[string](func(n int64) int64 { return 2 * n })
func MapValues[K, V, W any](f func(V) W, opts ...Declared) Narrow[Pair[K, V], Pair[K, W]] {
	op := narrow("mapValues", opts,
		func(b *pipeline.Build, n pipeline.Node) (push[Pair[K, V], Pair[K, W]], error) {
			return mapping(b, n, func(p Pair[K, V]) Pair[K, W] { return Pair[K, W]{p.Key, f(p.Value)} }), nil
		})
	return Narrow[Pair[K, V], Pair[K, W]]{op: op, keep: true}
}
