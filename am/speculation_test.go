package am_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// TestSlowTaskGetsACopy covers S52 to S55 through the driver: the copy runs on another host while
// the original goes on, its result counts once, and the original is killed.
func TestSlowTaskGetsACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.speculation", "true", "weft.speculation.quantile", "0.5"))
		defer y.stop()
		slow, _ := y.enter()
		fast, _ := y.enter()
		var values []string
		j := single(y.driver, 0, 4, step{Do: "empty"})
		j.OnResult = func(_ int, v []byte) { values = append(values, string(v)) }
		ended := make(chan error, 1)
		go func() { ended <- y.driver.Run(t.Context(), j) }()
		original := slow.task()
		for range 3 {
			fast.succeed(fast.task(), "fast")
		}
		start := time.Now()
		copied := fast.task()
		if copied.Partition != original.Partition || copied.Attempt == original.Attempt {
			t.Errorf("%v after %v", copied, original)
		}
		if d := time.Since(start); d < 2*time.Second || d > 4*time.Second {
			t.Errorf("the copy began after %s; three medians are 3s", d)
		}
		fast.succeed(copied, "copy")
		if err := <-ended; err != nil {
			t.Error(err)
		}
		kill := slow.next().GetKill()
		if kill == nil || len(kill.Tasks) != 3 || kill.Tasks[2] != original.Attempt {
			t.Errorf("to the original: %v", kill)
		}
		slow.succeed(original, "too late")
		synctest.Wait()
		if len(values) != 4 || values[3] != "copy" {
			t.Errorf("results %q", values)
		}
	})
}

// TestCopiesAreWantedAsSpareExecutors: with weft.speculation.opportunistic the cluster may take an
// executor back that nothing but a copy of a slow task needs; by default it is one like any other.
func TestCopiesAreWantedAsSpareExecutors(t *testing.T) {
	for opportunistic, want := range map[string]containers.Ask{
		"true": {Count: 1, Spare: 1}, "false": {Count: 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			y := openYard(t, onDemand(t, "weft.speculation", "true",
				"weft.speculation.task.duration.threshold", "10s",
				"weft.speculation.opportunistic", opportunistic))
			defer y.stop()
			y.runTasks(0, 1)
			slow, _ := y.enter()
			slow.task()
			if n := y.wanted(); n != 1 {
				t.Errorf("%d executors wanted for one task", n)
			}
			pass(15 * time.Second)
			if got := (<-y.asked)[0]; got.Count != want.Count || got.Spare != want.Spare {
				t.Errorf("opportunistic=%s: %+v", opportunistic, got)
			}
		})
	}
}

// TestTaskThatKeepsPaceGetsNoCopy covers the efficiency filter of S56 through the driver: a task
// that reads as fast as the others did is slow only at twice the age.
func TestTaskThatKeepsPaceGetsNoCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.speculation", "true", "weft.speculation.quantile", "0.5"))
		defer y.stop()
		slow, _ := y.enter()
		fast, _ := y.enter()
		ended := make(chan error, 1)
		go func() { ended <- y.driver.Run(t.Context(), single(y.driver, 0, 4, step{Do: "empty"})) }()
		start := time.Now()
		original := slow.task()
		for range 3 {
			fast.read(fast.task(), 100)
		}
		pass(time.Second)
		slow.progress(original, 90)
		copied := fast.task()
		if d := time.Since(start); d < 6*time.Second || d > 7*time.Second {
			t.Errorf("the copy began after %s; twice three medians are 6s", d)
		}
		fast.succeed(copied, "copy")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// read reports a task's success and how many records it read.
func (h *hand) read(t dag.Task, records int64) {
	h.t.Helper()
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
		Stages: []*control.StageEnds{{
			Stage: int32(t.Stage), Partitions: []int32{t.Partition}, Attempts: []int32{t.Attempt},
			Micros: []uint32{1e6}, Values: [][]byte{nil},
			Counters: &control.Counters{RecordsRead: records},
		}},
	}}})
}

// progress tells in a heartbeat what a running task has read.
func (h *hand) progress(t dag.Task, records int64) {
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Heartbeat{
		Heartbeat: &control.Heartbeat{
			Tasks:   []int32{int32(t.Stage), t.Partition, t.Attempt},
			Records: []int64{records},
		},
	}})
}

// TestTaskIsKeptAwayFromWhereItFailed covers excludeOnFailure through the driver.
func TestTaskIsKeptAwayFromWhereItFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.excludeOnFailure.enabled", "true"))
		defer y.stop()
		bad, _ := y.enter()
		result := y.submit()
		first := bad.task()
		bad.fail(first)
		synctest.Wait() // the bad one is idle, and gets nothing
		good, _ := y.enter()
		second := good.task()
		if second.Partition != first.Partition {
			t.Errorf("%v after %v", second, first)
		}
		good.succeed(second, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
	})
}

// TestExecutorOnAnExcludedHostGetsNothing covers S14 through the driver: its registration is
// accepted, but while the host is excluded its slot stays empty.
func TestExecutorOnAnExcludedHostGetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.excludeOnFailure.enabled", "true",
			"weft.excludeOnFailure.application.maxFailedTasksPerExecutor", "1",
			"weft.excludeOnFailure.application.maxFailedExecutorsPerNode", "1",
			"weft.excludeOnFailure.timeout", "1m"))
		defer y.stop()
		bad, _ := y.enterOn("bad")
		result := y.submit()
		bad.fail(bad.task())
		synctest.Wait()
		good, _ := y.enterOn("good")
		good.succeed(good.task(), "first")
		<-result
		if hosts := <-y.avoided; !slices.Equal(hosts, []string{"bad"}) {
			t.Errorf("the cluster is to avoid %q", hosts)
		}
		late, _ := y.enterOn("bad")
		ended := make(chan error, 1)
		go func() { ended <- y.driver.Run(t.Context(), single(y.driver, 1, 2, step{Do: "empty"})) }()
		for range 2 {
			good.succeed(good.task(), "second")
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for range 12 {
			pass(5 * time.Second)
			good.beat()
			late.beat()
		}
		go func() { ended <- y.driver.Run(t.Context(), single(y.driver, 2, 2, step{Do: "empty"})) }()
		late.succeed(late.task(), "its first") // task fails the test if a launch before was not for it
		good.succeed(good.task(), "third")
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if hosts := <-y.avoided; len(hosts) > 0 {
			t.Errorf("the cluster is to avoid %q after the time-out", hosts)
		}
	})
}

// fail reports a task's failure.
func (h *hand) fail(t dag.Task) {
	h.t.Helper()
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
		Stages: []*control.StageEnds{{
			Stage: int32(t.Stage), Partitions: []int32{t.Partition}, Attempts: []int32{t.Attempt},
			Micros:  []uint32{1e6},
			Values:  [][]byte{nil},
			Details: []*control.Detail{{Failure: &control.Failure{Message: "no luck"}}},
		}},
	}}})
}
