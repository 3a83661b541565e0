package weft

import "github.com/weft-data/weft/internal/pipeline"

// FlatMap makes any number of records of each record, by calling emit.
func FlatMap[In, Out any](f func(in In, emit func(Out)), opts ...Declared) Narrow[In, Out] {
	return Narrow[In, Out]{op: flatMap(opts,
		func(b *pipeline.Build, s *pipeline.Step) func(In, func(Out)) { return f })}
}

// TryFlatMap is FlatMap with a function that may fail.
func TryFlatMap[In, Out any](
	f func(in In, emit func(Out)) error, opts ...Declared,
) Narrow[In, Out] {
	return Narrow[In, Out]{op: flatMap(opts,
		func(b *pipeline.Build, s *pipeline.Step) func(In, func(Out)) {
			return func(in In, emit func(Out)) {
				if err := f(in, emit); err != nil {
					b.FailUser(err)
				}
			}
		})}
}

// FlatMapWith is FlatMap with a function of two steps.
func FlatMapWith[P, In, Out any](f func(*Task, P) (func(in In, emit func(Out)), error),
	opts ...Declared) NarrowWith[P, In, Out] {
	_, in := record[In]()
	_, out := record[Out]()
	params, p := parameter[P]()
	op := declare("flatMap", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			made, err := twoSteps(b, n, params, f)
			if err != nil {
				return nil, err
			}
			return flatMapped(b, b.Enter(n.Label), streams[0].(pipeline.Stream[In]), made), nil
		},
	}, opts, in, out, p)
	return NarrowWith[P, In, Out]{op: op, encode: encoder(params)}
}

func flatMap[In, Out any](opts []Declared,
	wire func(*pipeline.Build, *pipeline.Step) func(In, func(Out))) *pipeline.Operator {
	_, in := record[In]()
	_, out := record[Out]()
	return declare("flatMap", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			step := b.Enter(n.Label)
			return flatMapped(b, step, streams[0].(pipeline.Stream[In]), wire(b, step)), nil
		},
	}, opts, in, out)
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
