package weft

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// ErrEmpty is returned by Reduce over a dataset without records.
var ErrEmpty = errors.New("the dataset has no records")

// Reducer is a declared Reduce.
type Reducer[T any] struct {
	op *pipeline.Operator
	f  func(a, b T) T
}

// Reduce merges all records into one with f, which must be associative and commutative.
//
//	var sum = weft.Reduce(func(a, b int64) int64 { return a + b })
//	total, err := sum.Run(ctx, numbers)
func Reduce[T any](f func(a, b T) T, opts ...Declared) Reducer[T] {
	c, t := record[T]()
	op := declare("reduce", pipeline.Operator{
		Act: func(b *pipeline.Build, target pipeline.Target, in any) (executor.Result, error) {
			step, some := b.Enter(target.Label), false
			var sum T
			err := in.(pipeline.Stream[T])(func(v T) {
				b.Take(step)
				if !some {
					sum, some = v, true
					return
				}
				sum = f(sum, v)
			})
			if err != nil || !some {
				return executor.Result{}, err
			}
			return executor.Result{Value: append([]byte{1}, c.Append(nil, &sum)...)}, nil
		},
	}, opts, t)
	return Reducer[T]{op, f}
}

// Run reduces ds. Without records the error is ErrEmpty.
func (r Reducer[T]) Run(ctx context.Context, ds Dataset[T]) (T, error) {
	var sum T
	values, err := ds.d.act(ctx, declared(r.op, nil))
	if err != nil {
		return sum, err
	}
	some := false
	for _, v := range values {
		if len(v) == 0 {
			continue
		}
		part, err := codec.Unmarshal[T](v[1:])
		if err != nil {
			return sum, err
		}
		if some {
			part = r.f(sum, part)
		}
		sum, some = part, true
	}
	if !some {
		return sum, fmt.Errorf("%s: %w", r.op, ErrEmpty)
	}
	return sum, nil
}

// declared describes a declared action.
func declared(op *pipeline.Operator, params []byte) plan.Action {
	return plan.Action{Op: op.ID, Label: op.Kind + " at " + pipeline.ShortSite(pipeline.CallSite()),
		Params: params}
}

// Ranking is a declared Top.
type Ranking[T any] struct {
	op      *pipeline.Operator
	compare func(a, b T) int
}

// Top finds the greatest records in the order of compare, which is negative when a is less than b.
//
//	var mostFrequent = weft.Top(func(a, b weft.Pair[string, int64]) int {
//		return cmp.Compare(a.Value, b.Value)
//	})
//	ten, err := mostFrequent.Run(ctx, counts, 10)
func Top[T any](compare func(a, b T) int, opts ...Declared) Ranking[T] {
	c, t := record[T]()
	op := declare("top", pipeline.Operator{
		Act: func(b *pipeline.Build, target pipeline.Target, in any) (executor.Result, error) {
			n, err := codec.Unmarshal[int](target.Params)
			if err != nil {
				return executor.Result{}, err
			}
			step, best := b.Enter(target.Label), ranked[T]{n: n, compare: compare}
			err = in.(pipeline.Stream[T])(func(v T) {
				b.Take(step)
				best.add(v)
			})
			out := list[T]{codec: c}
			for _, v := range best.kept {
				out.add(v)
			}
			return executor.Result{Value: out.value()}, err
		},
	}, opts, t)
	return Ranking[T]{op, compare}
}

// Run returns the n greatest records of ds, the greatest first.
func (r Ranking[T]) Run(ctx context.Context, ds Dataset[T], n int) ([]T, error) {
	params, err := codec.Marshal(max(n, 0))
	if err != nil {
		return nil, err
	}
	values, err := ds.d.act(ctx, declared(r.op, params))
	if err != nil {
		return nil, err
	}
	var all []T
	for _, v := range values {
		if all, err = decodeAll(all, v); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b T) int { return r.compare(b, a) })
	return all[:min(max(n, 0), len(all))], nil
}

// ranked keeps the n greatest of the records it is given, the least of them at the root of a heap.
type ranked[T any] struct {
	n       int
	compare func(a, b T) int
	kept    []T
}

func (r *ranked[T]) add(v T) {
	if len(r.kept) < r.n {
		r.kept = append(r.kept, v)
		for i := len(r.kept) - 1; i > 0 && r.compare(r.kept[i], r.kept[(i-1)/2]) < 0; i = (i - 1) / 2 {
			r.kept[i], r.kept[(i-1)/2] = r.kept[(i-1)/2], r.kept[i]
		}
		return
	}
	if r.n == 0 || r.compare(v, r.kept[0]) <= 0 {
		return
	}
	r.kept[0] = v
	r.sink()
}

// sink moves the root down to its place.
func (r *ranked[T]) sink() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r.kept); child++ {
			if r.compare(r.kept[child], r.kept[least]) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		r.kept[i], r.kept[least] = r.kept[least], r.kept[i]
		i = least
	}
}
