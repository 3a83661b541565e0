package weft

import (
	"fmt"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
)

// push hands what becomes of one record to emit.
type push[In, Out any] func(in In, emit func(Out))

// narrow declares an operator that treats each record by itself; wire makes its function
// for one task.
func narrow[In, Out any](kind string, opts []Declared,
	wire func(*pipeline.Build, pipeline.Node) (push[In, Out], error)) *pipeline.Operator {
	_, in := record[In]()
	_, out := record[Out]()
	return declare(kind, pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			f, err := wire(b, n)
			if err != nil {
				return nil, err
			}
			up := streams[0].(pipeline.Stream[In])
			return pipeline.Stream[Out](func(emit func(Out)) error {
				return up(func(in In) { f(in, emit) })
			}), nil
		},
	}, opts, in, out)
}

// narrowWith declares an operator whose record function f is made once for each task from a
// parameter; use turns that function into the operator's.
func narrowWith[P, In, Out, F any](kind string, opts []Declared, f func(*Task, P) (F, error),
	use func(*pipeline.Build, pipeline.Node, F) push[In, Out]) NarrowWith[P, In, Out] {
	params, p := parameter[P]()
	if p.err != nil {
		pipeline.Fault(fmt.Errorf("%s (%s): no parameter can be of type %w", kind, pipeline.CallSite(),
			p.err))
	}
	op := narrow(kind, opts, func(b *pipeline.Build, n pipeline.Node) (push[In, Out], error) {
		made, err := twoSteps(b, n, params, f)
		if err != nil {
			return nil, err
		}
		return use(b, n, made), nil
	})
	return NarrowWith[P, In, Out]{op: op, encode: encoder(params)}
}

// twoSteps runs the first step of a user's function.
func twoSteps[P, F any](b *pipeline.Build, n pipeline.Node, params *codec.Codec[P],
	f func(*Task, P) (F, error)) (F, error) {
	var made F
	p, err := codec.NewBuffer(params).Decode(n.Params)
	if err != nil {
		return made, fmt.Errorf("parameter of %s: %w", n.Label, err)
	}
	b.At = b.Enter(n.Label).ID
	made, err = f(&Task{b, n}, p)
	if err != nil {
		b.FailUser(err)
	}
	return made, err
}

func encoder[P any](c *codec.Codec[P]) func(P) []byte {
	return func(p P) []byte { return c.Append(nil, &p) }
}
