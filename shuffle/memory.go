package shuffle

import "sync/atomic"

// Memory grants bytes of a budget that tasks share. Grow must not block: a writer that is
// refused spills what it holds, so that waiting for memory can never deadlock two tasks.
// All methods may be called from any goroutine.
type Memory interface {
	// Grow asks for n more bytes; false means there are none left.
	Grow(n int64) bool
	// Shrink gives n granted bytes back.
	Shrink(n int64)
}

// Budget is a Memory with a fixed limit, first come first served.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a Budget of limit bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Grow takes n bytes if they are free.
func (b *Budget) Grow(n int64) bool {
	if b.used.Add(n) <= b.limit {
		return true
	}
	b.used.Add(-n)
	return false
}

// Shrink gives n bytes back.
func (b *Budget) Shrink(n int64) { b.used.Add(-n) }

// Used returns the bytes now granted.
func (b *Budget) Used() int64 { return b.used.Load() }
