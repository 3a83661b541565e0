package am_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/inprocess"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/scheduler"
)

func exitGoroutine() { runtime.Goexit() }

// patience bounds what would otherwise hang a broken driver's test.
const patience = 30 * time.Second

// bed is a running application.
type bed struct {
	t *testing.T
	*am.Driver
	results map[int][]byte
}

// settings are conf keys and values.
func settings(t *testing.T, pairs ...string) *conf.Conf {
	c := new(conf.Conf)
	for kv := range slices.Chunk(pairs, 2) {
		if err := c.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// local starts an application with executors as goroutines, over channels or over gRPC.
func local(t *testing.T, executors, slots int, overGRPC bool, c *conf.Conf) *bed {
	return localOf(t, am.Options{Conf: c, Executors: executors, Slots: slots, Log: logger()}, overGRPC)
}

// localOf is local with more options.
func localOf(t *testing.T, o am.Options, overGRPC bool) *bed {
	o.Manifest = program{}.Manifest()
	var e executor.Options
	if overGRPC {
		id, err := identity.New()
		if err != nil {
			t.Fatal(err)
		}
		o.Listen, o.Identity = "127.0.0.1:0", id
	} else {
		o.Local = control.NewLocal()
		e.Local = o.Local
	}
	o.Cluster = inprocess.New(inprocess.Options{
		Host: "127.0.0.1", Dirs: []string{t.TempDir()},
		Run: func(ctx context.Context, l containers.Launch) error {
			e := e
			e.ID, e.Program, e.Log = control.ExecutorID(l.Executor), program{}, logger()
			e.Driver, e.Identity, e.Host = l.Driver, l.Identity, l.Host
			e.Dirs, e.Slots = l.Dirs, l.Slots
			return executor.Run(ctx, e)
		},
	})
	return start(t, o)
}

func start(t *testing.T, o am.Options) *bed {
	t.Helper()
	d, err := am.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := d.Stop(ctx, containers.Final{}); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return &bed{t: t, Driver: d}
}

// run runs a job and collects its results.
func (b *bed) run(j am.Job) error {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	b.results = make(map[int][]byte)
	j.OnResult = func(p int, value []byte) {
		if _, twice := b.results[p]; twice {
			b.t.Errorf("partition %d has two results", p)
		}
		b.results[p] = value
	}
	return b.Run(ctx, j)
}

func (b *bed) must(j am.Job) {
	b.t.Helper()
	if err := b.run(j); err != nil {
		b.t.Fatal(err)
	}
}

// total adds up results that are numbers.
func (b *bed) total() (sum int64) {
	for _, v := range b.results {
		sum += int64(binary.BigEndian.Uint64(v))
	}
	return sum
}

// sumTo is what write and sum must give for so many map tasks.
func sumTo(maps int64) int64 { n := maps * 1000; return n * (n - 1) / 2 }

// both runs a test over channels and over gRPC.
func both(t *testing.T, test func(t *testing.T, overGRPC bool)) {
	t.Run("channels", func(t *testing.T) { test(t, false) })
	t.Run("grpc", func(t *testing.T) { test(t, true) })
}

func TestEveryPartitionHasOneResult(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 2, 2, grpc, nil)
		b.must(single(b.Driver, 0, 1000, step{Do: "partition"}))
		if len(b.results) != 1000 {
			t.Fatalf("%d results", len(b.results))
		}
		for p, v := range b.results {
			if string(v) != strconv.Itoa(p) {
				t.Errorf("partition %d: %q", p, v)
			}
		}
	})
}

func TestSomePartitionsOnly(t *testing.T) {
	b := local(t, 1, 2, false, nil)
	j := single(b.Driver, 0, 10, step{Do: "partition"})
	j.Stages[0].Partitions = []int32{3, 7}
	b.must(j)
	if len(b.results) != 2 || string(b.results[3]) != "3" || string(b.results[7]) != "7" {
		t.Fatalf("%d results: %v", len(b.results), b.results)
	}
}

func TestShuffleAndItsReuse(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 2, 2, grpc, nil)
		b.must(mapReduce(b.Driver, 4, 8, 5, step{Do: "write"}, step{Do: "sum", Param: "4"}))
		if got, want := b.total(), sumTo(8); got != want {
			t.Fatalf("sum %d, want %d", got, want)
		}
		if n := b.Status().Counters.RecordsOut; n != 8000 {
			t.Fatalf("%d records went out", n)
		}
		j := mapReduce(b.Driver, 4, 8, 5, step{Do: "panic", Param: "must not run again"},
			step{Do: "sum", Param: "4"})
		j.Stages[1].ID, j.Templates[9] = 9, j.Templates[5]
		b.must(j)
		if got, want := b.total(), sumTo(8); got != want {
			t.Fatalf("second sum %d, want %d", got, want)
		}
	})
}

func TestFailedTaskIsTriedAgain(t *testing.T) {
	b := local(t, 1, 2, false, nil)
	b.must(single(b.Driver, 0, 3, step{Do: "fail", Param: "3"}))
	if len(b.results) != 3 {
		t.Fatalf("%d results: %v", len(b.results), b.results)
	}
}

func TestUserErrorsKeepTheirFields(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 1, 2, grpc, nil)
		err := b.run(single(b.Driver, 7, 3, step{Do: "fail", Param: "99"}))
		var job *scheduler.JobError
		if !errors.As(err, &job) || job.Kind != scheduler.TaskFailures || len(job.Failures) != 4 {
			t.Fatalf("%v", err)
		}
		last := job.Failures[3].Failure
		if last.Operator != "fail at steps_test.go" || last.Record != 17 || last.Message != "no luck" {
			t.Fatalf("%+v", last)
		}
	})
}

func TestPanicFailsTheJobWithItsStack(t *testing.T) {
	b := local(t, 1, 1, false, nil)
	err := b.run(single(b.Driver, 0, 1, step{Do: "panic", Param: "at the disco"}))
	var job *scheduler.JobError
	if !errors.As(err, &job) || len(job.Failures) == 0 {
		t.Fatalf("%v", err)
	}
	f := job.Failures[0].Failure
	if !strings.Contains(f.Message, "at the disco") || !strings.Contains(f.Stack, "steps_test.go") {
		t.Fatalf("%+v", f)
	}
}

func TestSlotSurvivesGoexit(t *testing.T) {
	b := local(t, 1, 1, false, nil)
	b.must(single(b.Driver, 0, 2, step{Do: "goexit"}))
}

func TestUnknownOperatorFailsAtOnce(t *testing.T) {
	b := local(t, 1, 1, false, nil)
	err := b.run(single(b.Driver, 0, 1, step{Do: "nonsense"}))
	var job *scheduler.JobError
	if !errors.As(err, &job) || len(job.Failures) != 1 || !strings.Contains(err.Error(), "nonsense") {
		t.Fatalf("%v", err)
	}
}

func TestContextCancelsTheJobAndItsTasks(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 1, 2, grpc, nil)
		dir := t.TempDir()
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		go func() {
			await(t, func() bool { return exists(filepath.Join(dir, "0")) })
			cancel(enough)
		}()
		err := b.Run(ctx, single(b.Driver, 0, 2, step{Do: "hang", Param: dir}))
		if !errors.Is(err, enough) {
			t.Fatalf("%v", err)
		}
		b.must(single(b.Driver, 1, 4, step{Do: "partition"})) // the slots are free again
	})
}

// await looks again and again until something is so.
func await(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Error("it never happened")
			return
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestLargeResultsComeInChunks(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 1, 2, grpc, nil)
		const n = 3*control.ChunkSize + 17
		b.must(single(b.Driver, 0, 4, step{Do: "large", Param: strconv.Itoa(n)}))
		for p := range 4 {
			v := b.results[p]
			if len(v) != n || v[0] != byte(p) || v[n-1] != byte(p) {
				t.Fatalf("partition %d: %d bytes", p, len(v))
			}
		}
	})
}

func TestResultsAboveTheLimitFailTheJob(t *testing.T) {
	for name, each := range map[string]string{"small ones": "600000", "a large one": "5000000"} {
		t.Run(name, func(t *testing.T) {
			b := local(t, 1, 1, true, settings(t, "weft.driver.maxResultSize", "2m"))
			err := b.run(single(b.Driver, 0, 8, step{Do: "large", Param: each}))
			if !errors.Is(err, am.ErrResultTooLarge) {
				t.Fatalf("%v", err)
			}
			b.must(single(b.Driver, 1, 1, step{Do: "partition"}))
		})
	}
}

func TestAccumulatorsCountSuccessesOnly(t *testing.T) {
	b := local(t, 2, 2, false, nil)
	j := single(b.Driver, 0, 10, step{Do: "add"})
	var sum int64
	j.OnAccumulator = func(id string, v []byte) {
		if id != "tasks" {
			t.Errorf("accumulator %q", id)
		}
		sum += int64(binary.BigEndian.Uint64(v))
	}
	b.must(j)
	if sum != 10 {
		t.Fatalf("%d successes were counted, want 10", sum)
	}
}

func TestBroadcast(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 2, 2, grpc, nil)
		id := b.Broadcast(make([]byte, 5<<20))
		s := step{Do: "broadcast", Param: strconv.FormatInt(id, 10)}
		b.must(single(b.Driver, 0, 8, s))
		if got := b.total(); got != 8*5<<20 {
			t.Fatalf("%d bytes", got)
		}
		b.DropBroadcast(id)
		if err := b.run(single(b.Driver, 1, 1, s)); err == nil || !strings.Contains(err.Error(), "dropped") {
			t.Fatalf("a dropped broadcast: %v", err)
		}
	})
}

func TestPersistedPartitionsAreReadAgain(t *testing.T) {
	for _, level := range []string{"memory", "disk", "memory-and-disk"} {
		t.Run(level, func(t *testing.T) {
			b := local(t, 2, 1, true, settings(t, "weft.locality.wait", "0s"))
			b.must(single(b.Driver, 0, 6, step{Do: "cached", Param: level}))
			b.must(single(b.Driver, 1, 6, step{Do: "cached", Param: level}))
			for p, v := range b.results {
				if string(v) != "read 1000" {
					t.Errorf("partition %d: %s", p, v)
				}
			}
			b.DropDataset(1)
			b.must(single(b.Driver, 2, 6, step{Do: "cached", Param: level}))
			for p, v := range b.results {
				if string(v) != "made" {
					t.Errorf("partition %d after the drop: %s", p, v)
				}
			}
		})
	}
}

func TestLostMapOutputIsComputedAgain(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := local(t, 2, 1, grpc, nil)
		b.must(mapReduce(b.Driver, 0, 4, 3, step{Do: "write"}, step{Do: "lose", Param: "0"}))
		if got, want := b.total(), sumTo(4); got != want {
			t.Fatalf("sum %d, want %d", got, want)
		}
	})
}

func TestCommitPermissionMovesToTheNextAttempt(t *testing.T) {
	b := local(t, 1, 1, true, nil)
	b.must(single(b.Driver, 0, 3, step{Do: "commit"}))
}

func TestConcurrentJobs(t *testing.T) {
	b := local(t, 2, 2, true, nil)
	errs := make(chan error)
	for i := range 8 {
		go func() {
			n := 0
			j := single(b.Driver, i, 100, step{Do: "partition"})
			j.OnResult = func(int, []byte) { n++ }
			err := b.Run(t.Context(), j)
			if err == nil && n != 100 {
				err = errors.New(strconv.Itoa(n) + " results")
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestBadJobsAreRefused(t *testing.T) {
	b := local(t, 1, 1, false, nil)
	if err := b.run(am.Job{}); !errors.Is(err, dag.ErrInvalid) {
		t.Errorf("no stages: %v", err)
	}
	j := single(b.Driver, 0, 1, step{Do: "empty"})
	j.Templates = nil
	if err := b.run(j); err == nil {
		t.Error("a job without templates ran")
	}
}

func TestStopEndsRunningJobs(t *testing.T) {
	b := local(t, 1, 1, true, nil)
	dir := t.TempDir()
	done := make(chan error)
	go func() { done <- b.Run(t.Context(), single(b.Driver, 0, 1, step{Do: "hang", Param: dir})) }()
	await(t, func() bool { return exists(filepath.Join(dir, "0")) })
	if err := b.Stop(t.Context(), containers.Final{Status: containers.Killed}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, am.ErrStopped) {
		t.Fatalf("%v", err)
	}
	if err := b.Run(t.Context(), single(b.Driver, 1, 1, step{Do: "empty"})); !errors.Is(err, am.ErrStopped) {
		t.Fatalf("after the end: %v", err)
	}
}

func TestMarksAndStatus(t *testing.T) {
	b := local(t, 2, 3, false, nil)
	b.must(single(b.Driver, 0, 10, step{Do: "empty"}))
	m := b.Marks()
	if m.Started.After(m.Registered) || m.Registered.After(m.FirstExecutor) || m.FirstExecutor.After(m.FirstTask) {
		t.Errorf("out of order: %+v", m)
	}
	if m.FirstTask.IsZero() || !m.Stopped.IsZero() {
		t.Errorf("%+v", m)
	}
	if b.Slots() != 6 || b.Status().Wanted != 2 {
		t.Errorf("%d slots, status %+v", b.Slots(), b.Status())
	}
}
