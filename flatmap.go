package weft

import "github.com/weft-data/weft/internal/pipeline"

// FlatMap makes any number of records of each record, by calling emit.
func FlatMap[In, Out any](f func(in In, emit func(Out)), opts ...Declared) Narrow[In, Out] {
	return Narrow[In, Out]{op: flatMap(opts,
		func(*pipeline.Build, pipeline.Node) (func(In, func(Out)), error) { return f, nil })}
}

// TryFlatMap is FlatMap with a function that may fail.
func TryFlatMap[In, Out any](
	f func(in In, emit func(Out)) error, opts ...Declared,
) Narrow[In, Out] {
	return Narrow[In, Out]{op: flatMap(opts,
		func(b *pipeline.Build, _ pipeline.Node) (func(In, func(Out)), error) {
			return func(in In, emit func(Out)) {
				if err := f(in, emit); err != nil {
					b.FailUser(err)
				}
			}, nil
		})}
}

// FlatMapWith is FlatMap with a function of two steps.
func FlatMapWith[P, In, Out any](f func(*Task, P) (func(in In, emit func(Out)), error),
	opts ...Declared) NarrowWith[P, In, Out] {
	params, p := parameter[P]()
	op := flatMap(opts, func(b *pipeline.Build, n pipeline.Node) (func(In, func(Out)), error) {
		return twoSteps(b, n, params, f)
	}, p)
	return NarrowWith[P, In, Out]{op: op, encode: encoder(params)}
}

// flatMap declares an operator whose record function wire makes for one task; more are the types
// that it names besides those of its records.
func flatMap[In, Out any](opts []Declared,
	wire func(*pipeline.Build, pipeline.Node) (func(In, func(Out)), error),
	more ...recordType) *pipeline.Operator {
	_, in := record[In]()
	_, out := record[Out]()
	return declare("flatMap", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			f, err := wire(b, n)
			if err != nil {
				return nil, err
			}
			return flatMapped(b, b.Enter(n.Label), streams[0].(pipeline.Stream[In]), f), nil
		},
	}, opts, append([]recordType{in, out}, more...)...)
}

// flatMapped runs f over a stream. What comes after an emit is f's own code again, so the blame
// returns to it.
func flatMapped[In, Out any](b *pipeline.Build, step *pipeline.Step, up pipeline.Stream[In],
	f func(In, func(Out))) pipeline.Stream[Out] {
	return func(emit func(Out)) error {
		back := func(out Out) {
			emit(out)
			b.At = step.ID
		}
		return up(func(in In) {
			b.Take(step)
			f(in, back)
		})
	}
}
