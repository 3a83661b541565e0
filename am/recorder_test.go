package am_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
	"github.com/weft-data/weft/scheduler/replay"
)

// witness is a log that writes down what the driver performs, as a replay does.
type witness struct {
	hclog.Logger
	mu    sync.Mutex
	lines strings.Builder
}

func (w *witness) Trace(message string, args ...any) {
	if message != "perform" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines.WriteString(replay.Line(args[1].(time.Duration), args[3].(scheduler.Action)))
}

// TestRecordedRunPlaysTheSameActions runs real jobs in pools, with failures, a lost job and a
// shuffle that is dropped, all at once, and plays the log of it: every action comes again, at the
// same time, byte for byte.
func TestRecordedRunPlaysTheSameActions(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		path := filepath.Join(t.TempDir(), "scheduler.log")
		live := &witness{Logger: hclog.NewNullLogger()}
		b := localOf(t, am.Options{
			Executors: 3, Slots: 2, Log: live,
			Conf: settings(t, "weft.scheduler.log", path, "weft.scheduler.mode", "FAIR",
				"weft.speculation", "true"),
			Pools: &scheduler.PoolsChanged{Pools: []pool.Spec{{Name: "a", Weight: 3}}},
		}, grpc)
		manyJobs(t, b)
		if err := b.Stop(t.Context(), containers.Final{}); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var again strings.Builder
		if err := replay.Replay(f, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(live.lines.String(), again.String()); diff != "" {
			t.Errorf("(-live +replayed):\n%s", diff)
		}
		if log, err := os.ReadFile(path); err != nil || !strings.Contains(string(log), `"Sizes":"`) {
			t.Errorf("no executor told the sizes of its map outputs: %v", err)
		}
		for _, want := range []string{"launch on e", "accept from e", "no luck", "cancelled"} {
			if !strings.Contains(again.String(), want) {
				t.Errorf("there is no %q in the actions", want)
			}
		}
	})
}

// manyJobs runs jobs of all sorts at the same time.
func manyJobs(t *testing.T, b *bed) {
	ctx, cancel := context.WithCancelCause(t.Context())
	dir := t.TempDir()
	jobs := []am.Job{
		mapReduce(b.Driver, 10, 20, 7, step{Do: "write"}, step{Do: "sum", Param: "10"}),
		single(b.Driver, 20, 500, step{Do: "partition"}),
		single(b.Driver, 30, 3, step{Do: "fail", Param: "99"}),
		single(b.Driver, 40, 2, step{Do: "hang", Param: dir}),
	}
	var running sync.WaitGroup
	var ended atomic.Int32
	for i, j := range jobs {
		j.Pool = []string{"a", "b", ""}[i%3]
		running.Go(func() {
			err := b.Run(ctx, j)
			ended.Add(1)
			if bad := i >= 2; bad != (err != nil) {
				t.Errorf("job %d: %v", i, err)
			}
		})
	}
	await(t, func() bool { return exists(filepath.Join(dir, "0")) && ended.Load() == 3 })
	cancel(errors.New("not \xff text"))
	running.Wait()
	b.DropShuffle(dag.ShuffleID(10))
}

func TestLogThatCannotBeOpenedStartsNothing(t *testing.T) {
	_, err := am.Start(t.Context(), am.Options{
		Cluster: &yard{t: t}, Local: control.NewLocal(),
		Conf: settings(t, "weft.scheduler.log", t.TempDir()),
	})
	if !errors.Is(err, am.ErrSettings) || !strings.Contains(err.Error(), "weft.scheduler.log") {
		t.Errorf("%v", err)
	}
}
