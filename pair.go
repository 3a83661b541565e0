package weft

// Pair is a record with a key, which wide operators bring together.
type Pair[K, V any] struct {
	Key   K
	Value V
}

// KV makes a Pair.
func KV[K, V any](key K, value V) Pair[K, V] { return Pair[K, V]{key, value} }
