package am_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
)

// onDemand are settings with executors on demand, and more.
func onDemand(t *testing.T, pairs ...string) *conf.Conf {
	return settings(t, append([]string{"weft.dynamicAllocation.enabled", "true"}, pairs...)...)
}

// runTasks runs a job of one stage.
func (y *yard) runTasks(stage, n int) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- y.driver.Run(y.t.Context(), single(y.driver, stage, n, step{Do: "empty"})) }()
	return ended
}

// TestExecutorsComeAndGo covers S105, S107, S109, S115 and S119 through the driver: a job brings
// executors, its end lowers the number that is asked for, and a minute later they are given back,
// which counts as nobody's loss. The next job brings others.
func TestExecutorsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, onDemand(t, "weft.dynamicAllocation.executorIdleTimeout", "1m"))
		defer y.stop()
		if n := y.wanted(); n != 0 {
			t.Fatalf("%d executors wanted before there is any work", n)
		}
		result := y.runTasks(0, 2)
		if n := y.wanted(); n != 2 {
			t.Fatalf("%d executors wanted for two tasks", n)
		}
		a, first := y.enter()
		b, second := y.enter()
		a.succeed(a.task(), "a")
		b.succeed(b.task(), "b")
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		pass(59 * time.Second)
		if n := y.wanted(); n != 0 || len(y.released) > 0 {
			t.Fatalf("%d executors wanted after the job, %d given back", n, len(y.released))
		}
		pass(2 * time.Second)
		given := []containers.ID{<-y.released, <-y.released}
		if slices.Sort(given); !slices.Equal(given, []containers.ID{first, second}) {
			t.Errorf("given back: %v", given)
		}
		for _, id := range given {
			y.events <- containers.Completed{ID: id, Reason: containers.ReasonReleased, CausedByApp: true}
		}
		synctest.Wait()
		if st := y.driver.Status(); st.Lost != 0 || len(st.Executors) != 0 || st.Wanted != 0 {
			t.Errorf("lost %d, there are %d, wanted %d", st.Lost, len(st.Executors), st.Wanted)
		}
		again := y.runTasks(1, 2)
		if n := y.wanted(); n != 2 {
			t.Fatalf("%d executors wanted for the second job", n)
		}
		c, _ := y.enter()
		c.succeed(c.task(), "c")
		c.succeed(c.task(), "d")
		if err := <-again; err != nil {
			t.Error(err)
		}
	})
}

// TestExecutorsWithCachedBlocksStay covers S118 through the driver.
func TestExecutorsWithCachedBlocksStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, onDemand(t, "weft.dynamicAllocation.initialExecutors", "2"))
		defer y.stop()
		keeper, _ := y.enter()
		_, idle := y.enter()
		keeper.send(&control.FromExecutor{Message: &control.FromExecutor_Blocks{
			Blocks: &control.Blocks{Dataset: 7, Cached: []int32{0}},
		}})
		pass(100 * time.Second)
		if id := <-y.released; id != idle || len(y.released) > 0 {
			t.Errorf("%s was given back, and %d more", id, len(y.released))
		}
		y.driver.DropDataset(7)
		<-y.released
	})
}

// TestExecutorsGoWhereAServiceHasTheirOutputs covers S108 and S123 through the driver: map outputs keep
// an executor, unless its node's service has them.
func TestExecutorsGoWhereAServiceHasTheirOutputs(t *testing.T) {
	for service, goes := range map[string]bool{"": false, "h:7448": true} {
		synctest.Test(t, func(t *testing.T) {
			y := openYard(t, onDemand(t))
			defer y.stop()
			ended := make(chan error, 1)
			go func() {
				ended <- y.driver.Run(t.Context(), mapReduce(y.driver, 0, 1, 1, step{Do: "write"}, step{Do: "sum"}))
			}()
			id, launch := y.give()
			h := y.dial(launch.Executor)
			h.send(&control.FromExecutor{Message: &control.FromExecutor_Register{Register: &control.Register{
				Executor: h.id, Host: "h", Slots: 1, Manifest: "m", Service: service,
			}}})
			h.next()
			h.succeed(h.task(), "map")
			h.succeed(h.task(), "reduce")
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			pass(100 * time.Second)
			if gone := len(y.released) == 1; gone != goes {
				t.Errorf("service %q: %d given back", service, len(y.released))
			} else if goes && <-y.released != id {
				t.Error("another one was given back")
			}
		})
	}
}

// TestLimitsOfTheClusterHold: a cluster of two executors is asked for no more, and the settings'
// minimum is there from the beginning to the end.
func TestLimitsOfTheClusterHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, onDemand(t, "weft.dynamicAllocation.minExecutors", "1"))
		defer y.stop()
		if n := y.wanted(); n != 1 {
			t.Errorf("%d executors wanted at first", n)
		}
		y.runTasks(0, 10)
		pass(5 * time.Second)
		if n := y.wanted(); n != 2 {
			t.Errorf("%d executors wanted for ten tasks", n)
		}
	})
}

func TestAllocationThatCannotBeIsRefused(t *testing.T) {
	c := onDemand(t, "weft.dynamicAllocation.shuffleTracking.enabled", "false")
	_, err := am.Start(t.Context(), am.Options{
		Cluster: &yard{t: t}, Local: control.NewLocal(), Conf: c, Log: logger(),
	})
	if !errors.Is(err, am.ErrSettings) {
		t.Errorf("%v", err)
	}
}

// TestProcessesComeAndGo is the same with processes and a shuffle: outputs keep their executors until
// the shuffle is dropped.
func TestProcessesComeAndGo(t *testing.T) {
	o, err := processOptions(t.TempDir(), 2)
	if err != nil {
		t.Fatal(err)
	}
	o.Conf = onDemand(t, "weft.dynamicAllocation.executorIdleTimeout", "100ms",
		"weft.dynamicAllocation.schedulerBacklogTimeout", "10ms")
	changes := make(chan am.Status, 1000)
	o.Progress, o.ProgressEvery = func(s am.Status) { changes <- s }, time.Millisecond
	b := start(t, o)
	b.must(mapReduce(b.Driver, 0, 6, 4, step{Do: "write"}, step{Do: "sum", Param: "0"}))
	if got, want := b.total(), sumTo(6); got != want {
		t.Fatalf("sum %d, want %d", got, want)
	}
	b.DropShuffle(0)
	for s := range changes {
		if len(s.Executors) == 0 && len(s.Jobs) == 0 {
			break
		}
	}
	b.must(single(b.Driver, 2, 4, step{Do: "empty"}))
	if st := b.Status(); st.Lost != 0 || len(st.Executors) == 0 {
		t.Errorf("lost %d, there are %d", st.Lost, len(st.Executors))
	}
}
