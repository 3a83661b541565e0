package weft

import (
	"fmt"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
)

// Accumulator is a value that tasks add to and the driver reads, such as a count of bad lines. What
// a task added counts once, when the task succeeds, however often it was tried.
type Accumulator[T any] struct {
	op    *pipeline.Operator
	codec *codec.Codec[T]
	merge func(a, b T) T
}

// NewAccumulator declares an accumulator whose parts are united by merge, which must be associative
// and commutative, with the zero value of T as its begin.
//
//	var badLines = weft.NewAccumulator(func(a, b int64) int64 { return a + b })
func NewAccumulator[T any](merge func(a, b T) T, opts ...Declared) Accumulator[T] {
	c, t := parameter[T]()
	fold := func(into any, part []byte) (any, error) {
		v, err := codec.NewBuffer(c).Decode(part)
		if err != nil {
			return into, fmt.Errorf("decode an accumulator of %s: %w", t.name, err)
		}
		if into != nil {
			v = merge(into.(T), v)
		}
		return v, nil
	}
	return Accumulator[T]{declare("accumulator", pipeline.Operator{Fold: fold}, opts, t), c, merge}
}

// In gives the part of the accumulator that the task adds to. Call it in the first step of an
// operator's function.
func (a Accumulator[T]) In(t *Task) *Part[T] {
	return t.b.Partial(a.op.ID, func() pipeline.Partial { return &Part[T]{of: a} }).(*Part[T])
}

// Value is what successful tasks have added so far.
func (a Accumulator[T]) Value(s *Session) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, _ := s.accumulators[a.op.ID].(T)
	return v
}

// Part is one task's part of an Accumulator.
type Part[T any] struct {
	of    Accumulator[T]
	value T
}

// Add merges v in.
func (p *Part[T]) Add(v T) { p.value = p.of.merge(p.value, v) }

// Encode makes the bytes that travel to the driver.
func (p *Part[T]) Encode() []byte { return p.of.codec.Append(nil, &p.value) }

// fold takes a task's part in.
func (s *Session) fold(id string, part []byte) {
	op, err := pipeline.Lookup(id)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.accumulators[id], err = op.Fold(s.accumulators[id], part)
	}
	if err != nil {
		s.log.Error("accumulator not merged", "accumulator", id, "error", err)
	}
}
