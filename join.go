package weft

import "github.com/weft-data/weft/internal/pipeline"

// Groups are the values of one key in two datasets.
type Groups[V, W any] struct {
	Left  []V
	Right []W
}

// Joined is one combination of the values of a key.
type Joined[V, W any] struct {
	Left  V
	Right W
}

// LeftJoined is one combination of the values of a key; without a partner on the right,
// Found is false.
type LeftJoined[V, W any] struct {
	Left  V
	Right W
	Found bool
}

// CoGroup brings the values of each key in two datasets together. All values of one key must fit
// into memory.
func CoGroup[K, V, W any](opts ...Declared) Wide2[Pair[K, V], Pair[K, W], Pair[K, Groups[V, W]]] {
	return combined("coGroup", opts, func(key K, vs []V, ws []W, emit func(Pair[K, Groups[V, W]])) {
		emit(KV(key, Groups[V, W]{cloned(vs), cloned(ws)}))
	})
}

// Join makes a pair of every two values of a key that both datasets have. Datasets that are spread
// by the same key over the same number of partitions are joined where they are, without a shuffle.
func Join[K, V, W any](opts ...Declared) Wide2[Pair[K, V], Pair[K, W], Pair[K, Joined[V, W]]] {
	return combined("join", opts, func(key K, vs []V, ws []W, emit func(Pair[K, Joined[V, W]])) {
		for _, v := range vs {
			for _, w := range ws {
				emit(KV(key, Joined[V, W]{v, w}))
			}
		}
	})
}

// LeftJoin is Join that also keeps what has no partner on the right.
func LeftJoin[K, V, W any](
	opts ...Declared,
) Wide2[Pair[K, V], Pair[K, W], Pair[K, LeftJoined[V, W]]] {
	return combined("leftJoin", opts,
		func(key K, vs []V, ws []W, emit func(Pair[K, LeftJoined[V, W]])) {
			for _, v := range vs {
				for _, w := range ws {
					emit(KV(key, LeftJoined[V, W]{v, w, true}))
				}
				if len(ws) == 0 {
					emit(KV(key, LeftJoined[V, W]{Left: v}))
				}
			}
		})
}

// combined declares an operator that makes records of all values of a key in two datasets.
func combined[K, V, W, Out any](kind string, opts []Declared,
	f func(K, []V, []W, func(Out))) Wide2[Pair[K, V], Pair[K, W], Out] {
	key, left, in := keyed[K, V]()
	_, right, in2 := keyed[K, W]()
	_, out := record[Out]()
	both := twoInputs[K, V, W]{key, left, right}
	op := declare(kind, pipeline.Operator{
		Write: both.write,
		Read: func(b *pipeline.Build, n pipeline.Node, in []pipeline.Wide) (any, error) {
			return pipeline.Stream[Out](func(emit func(Out)) error {
				return both.each(b, n, in, func(key K, vs []V, ws []W) { f(key, vs, ws, emit) })
			}), nil
		},
	}, opts, in, in2, out)
	return Wide2[Pair[K, V], Pair[K, W], Out]{op: op, key: typeName[K]()}
}
