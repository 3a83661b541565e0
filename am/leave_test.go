package am_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/containers"
)

// running is a job of n tasks in a yard; its end is received from the channel.
func (y *yard) running(n int) <-chan error {
	done := make(chan error, 1)
	go func() { done <- y.driver.Run(y.t.Context(), single(y.driver, 0, n, step{Do: "empty"})) }()
	return done
}

func (y *yard) gone(want containers.ID) {
	y.t.Helper()
	if got := <-y.released; got != want {
		y.t.Errorf("released %s, want %s", got, want)
	}
}

func TestPreemptedExecutorEndsItsTaskFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		first, id := y.enter()
		second, _ := y.enter()
		done := y.running(3)
		one, two := first.task(), second.task()
		y.events <- containers.Preempt{Taken: []containers.ID{id}, Deadline: 10 * time.Second}
		synctest.Wait()
		first.succeed(one, "1") // and gets no other
		y.gone(id)
		second.succeed(two, "2")
		second.succeed(second.task(), "3")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestPreemptedExecutorGoesBeforeItIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		first, id := y.enter()
		done := y.running(1)
		task := first.task()
		began := time.Now()
		y.events <- containers.Preempt{Taken: []containers.ID{id}, Deadline: 10 * time.Second}
		y.gone(id)
		if took := time.Since(began); took < 9*time.Second || took >= 10*time.Second {
			t.Errorf("it went after %s", took)
		}
		second, _ := y.enter()
		again := second.task()
		if again.Partition != task.Partition {
			t.Errorf("task %v, want that of the lost executor", again)
		}
		second.succeed(again, "1")
		if err := <-done; err != nil {
			t.Error(err)
		}
		if s := y.driver.Status(); s.Counters.FailedTasks != 0 {
			t.Errorf("%d failed tasks", s.Counters.FailedTasks)
		}
	})
}

func TestIdleExecutorGoesInPlaceOfABusyOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		busy, named := y.enter()
		done := y.running(1)
		task := busy.task()
		_, idle := y.enter()
		y.events <- containers.Preempt{Named: []containers.ID{named}, Deadline: 10 * time.Second}
		y.gone(idle)
		busy.succeed(task, "1")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestExecutorsOfADecommissioningNodeLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		leaves, id := y.enterOn("old")
		done := y.running(2)
		task := leaves.task()
		y.events <- containers.Decommissioning{Host: "old", Left: time.Hour}
		synctest.Wait()
		leaves.succeed(task, "1")
		y.gone(id)
		stays, _ := y.enterOn("new")
		stays.succeed(stays.task(), "2")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Without a shuffle service nobody else can serve what an executor wrote: it stays on a node that
// is being decommissioned until the job has read it.
func TestOutputsKeepTheirExecutorOnADecommissioningNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		leaves, id := y.enterOn("old")
		result := y.shuffling(1)
		first := leaves.task()
		y.events <- containers.Decommissioning{Host: "old", Left: time.Hour}
		synctest.Wait()
		leaves.succeed(first, "")
		stays, _ := y.enterOn("new")
		stays.succeed(stays.task(), "")
		reduce := stays.task()
		<-time.After(time.Minute) // of the bubble's clock: it is looked at many times
		synctest.Wait()
		if got := y.places(); slices.Contains(got, "") {
			t.Errorf("outputs are at %q", got)
		}
		stays.succeed(reduce, "7")
		if got := <-result; got != "7" {
			t.Errorf("the job gives %s", got)
		}
		y.gone(id)
	})
}
