package am_test

import (
	"context"
	"testing"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/inprocess"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/identity"
)

// BenchmarkEmptyTasks is the price of a task that does nothing, from the scheduler to its result,
// with two executors of one slot each. An operation is one task.
func BenchmarkEmptyTasks(b *testing.B) {
	b.Run("channels", func(b *testing.B) { benchEmpty(b, false) })
	b.Run("grpc", func(b *testing.B) { benchEmpty(b, true) })
}

func benchEmpty(b *testing.B, overGRPC bool) {
	o := am.Options{Executors: 2, Slots: 1, Manifest: program{}.Manifest()}
	var local *control.Local
	if overGRPC {
		id, err := identity.New()
		if err != nil {
			b.Fatal(err)
		}
		o.Listen, o.Identity = "127.0.0.1:0", id
	} else {
		local = control.NewLocal()
		o.Local = local
	}
	o.Cluster = inprocess.New(inprocess.Options{
		Host: "127.0.0.1", Dirs: []string{b.TempDir()},
		Run: func(ctx context.Context, l containers.Launch) error {
			return executor.Run(ctx, executor.Options{
				ID: control.ExecutorID(l.Executor), Program: program{}, Local: local, Driver: l.Driver,
				Identity: l.Identity, Host: l.Host, Dirs: l.Dirs, Slots: l.Slots,
			})
		},
	})
	d, err := am.Start(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Stop(context.Background(), containers.Final{})
	if err := d.Run(b.Context(), single(d, 0, 2, step{Do: "empty"})); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := d.Run(b.Context(), single(d, 1, b.N, step{Do: "empty"})); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}
