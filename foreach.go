package weft

import (
	"context"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/pipeline"
)

// Each is a declared Foreach.
type Each[T any] struct{ op *pipeline.Operator }

// Foreach calls f for every record, where the record is. A task that is tried again calls it again,
// so what f does to the world outside should be fit for that.
func Foreach[T any](f func(T) error, opts ...Declared) Each[T] {
	_, t := record[T]()
	return Each[T]{declare("foreach", pipeline.Operator{
		Act: func(b *pipeline.Build, target pipeline.Target, in any) (executor.Result, error) {
			step := b.Enter(target.Label)
			return executor.Result{}, in.(pipeline.Stream[T])(func(v T) {
				if b.Dropped() {
					return
				}
				b.Take(step)
				if err := f(v); err != nil {
					b.FailUser(err)
				}
			})
		},
	}, opts, t)}
}

// Run calls the function for the records of ds and returns when all are done.
func (e Each[T]) Run(ctx context.Context, ds Dataset[T]) error {
	_, err := ds.d.act(ctx, declared(e.op, nil))
	return err
}
