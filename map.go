package weft

import "github.com/weft-data/weft/internal/pipeline"

// Narrow is a declared operator that makes a Dataset[Out] of a Dataset[In], partition by partition.
type Narrow[In, Out any] struct {
	op   *pipeline.Operator
	keep bool // records stay in their partitions with their keys
}

// On applies the operator.
func (n Narrow[In, Out]) On(in Dataset[In]) Dataset[Out] {
	out := apply[Out](n.op, in.d, nil)
	if n.keep {
		out.d.node.Prepare = keepPartitioner
	}
	return out
}

// NarrowWith is a Narrow whose function takes a parameter of the driver.
type NarrowWith[P, In, Out any] struct {
	op     *pipeline.Operator
	encode func(P) []byte
}

// On applies the operator with the parameter p, which is encoded now.
func (n NarrowWith[P, In, Out]) On(in Dataset[In], p P) Dataset[Out] {
	return apply[Out](n.op, in.d, n.encode(p))
}

// Map makes one record of each record.
func Map[In, Out any](f func(In) Out, opts ...Declared) Narrow[In, Out] {
	return Narrow[In, Out]{op: narrow("map", opts,
		func(b *pipeline.Build, n pipeline.Node) (push[In, Out], error) {
			return mapping(b, n, f), nil
		})}
}

// TryMap is Map with a function that may fail.
func TryMap[In, Out any](f func(In) (Out, error), opts ...Declared) Narrow[In, Out] {
	return Narrow[In, Out]{op: narrow("map", opts,
		func(b *pipeline.Build, n pipeline.Node) (push[In, Out], error) {
			step := b.Enter(n.Label)
			return func(in In, emit func(Out)) {
				b.Take(step)
				out, err := f(in)
				if err != nil {
					b.FailUser(err)
				}
				if !b.Dropped() {
					emit(out)
				}
			}, nil
		})}
}

// MapWith is Map with a function of two steps.
func MapWith[P, In, Out any](
	f func(*Task, P) (func(In) Out, error), opts ...Declared,
) NarrowWith[P, In, Out] {
	return narrowWith("map", opts, f, mapping[In, Out])
}

func mapping[In, Out any](b *pipeline.Build, n pipeline.Node, f func(In) Out) push[In, Out] {
	step := b.Enter(n.Label)
	return func(in In, emit func(Out)) {
		b.Take(step)
		emit(f(in))
	}
}
