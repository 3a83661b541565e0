package am_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
)

// submit runs a job of one task beside the test.
func (y *yard) submit() (result <-chan string) {
	out := make(chan string, 1)
	go func() {
		value := "no value"
		j := single(y.driver, 0, 1, step{Do: "empty"})
		j.OnResult = func(_ int, v []byte) { value = string(v) }
		if err := y.driver.Run(y.t.Context(), j); err != nil {
			value = err.Error()
		}
		out <- value
	}()
	return out
}

func TestSilentExecutorIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.network.timeout", "60s"))
		defer y.stop()
		silent, container := y.enter()
		result := y.submit()
		first := silent.task()
		other, _ := y.enter()
		start := time.Now()
		for range 7 { // only the other one is heard
			pass(10 * time.Second)
			other.beat()
		}
		if id := <-y.released; id != container {
			t.Errorf("container %s was given back", id)
		}
		second := other.task()
		if second == first || second.Partition != first.Partition {
			t.Errorf("%v after %v", second, first)
		}
		if _, err := silent.Recv(); err == nil {
			t.Error("the silent one's stream goes on")
		}
		other.succeed(second, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
		if d := time.Since(start); d < time.Minute || d > 71*time.Second {
			t.Errorf("it was noticed after %s", d)
		}
	})
}

func TestLostExecutorsReasonIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		victim, container := y.enter()
		result := y.submit()
		victim.task()
		if err := victim.Close(); err != nil {
			t.Fatal(err)
		}
		other, _ := y.enter()
		start := time.Now()
		pass(time.Second)
		y.events <- containers.Completed{ID: container, Reason: containers.ReasonPreempted}
		second := other.task()
		if d := time.Since(start); d != time.Second {
			t.Errorf("tasks moved after %s, not with the reason", d)
		}
		other.succeed(second, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
	})
}

func TestReasonThatDoesNotComeIsNotAwaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		victim, container := y.enter()
		result := y.submit()
		victim.task()
		if err := victim.Close(); err != nil {
			t.Fatal(err)
		}
		other, _ := y.enter()
		start := time.Now()
		second := other.task()
		if d := time.Since(start); d < 2*time.Second || d > 4*time.Second {
			t.Errorf("waited %s", d)
		}
		if id := <-y.released; id != container {
			t.Errorf("container %s was given back", id)
		}
		other.succeed(second, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
	})
}

func TestStarvingJobIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		result := y.submit()
		pass(14 * time.Second)
		if n := y.driver.Status().Notice; n != "" {
			t.Errorf("too early: %s", n)
		}
		pass(2 * time.Second)
		if n := y.driver.Status().Notice; !strings.Contains(n, "0 of 2 executors") {
			t.Errorf("notice %q", n)
		}
		h, _ := y.enter()
		h.succeed(h.task(), "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
		if n := y.driver.Status().Notice; n != "" {
			t.Errorf("still: %s", n)
		}
	})
}

func TestRegistrationIsChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		h, _ := y.enter()
		refused := func(id int32, want string) {
			t.Helper()
			other := y.dial(id)
			other.register("m")
			if r := other.next().GetRefused(); !strings.Contains(r.GetReason(), want) {
				t.Errorf("refused %v, want %q", r, want)
			}
		}
		refused(h.id, "already registered")
		refused(77, "no executor e77")
		refused(-1, "no executor e-1")
		result := y.submit()
		h.succeed(h.task(), "good") // undisturbed
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
	})
}

func TestMessagesThatLieEndTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		h, _ := y.enter()
		h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
			Stages: []*control.StageEnds{{Stage: 1, Partitions: []int32{1, 2}, Attempts: []int32{0}}},
		}}})
		if _, err := h.Recv(); err == nil {
			t.Error("the stream goes on")
		}
	})
}

func TestLostExecutorMayNotCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		h, _ := y.enter()
		result := y.submit()
		first := h.task()
		ask := &control.CommitRequest{
			Executor: h.id, Stage: int32(first.Stage), Partition: first.Partition, Attempt: first.Attempt,
		}
		zombie := y.dial(h.id) // the question goes another way than the stream
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		answer, err := zombie.Commit(t.Context(), ask)
		if err != nil || answer.Granted {
			t.Errorf("%v, %v", answer, err)
		}
		other, _ := y.enter()
		second := other.task()
		ask.Executor, ask.Attempt = other.id, second.Attempt
		if answer, err = other.Commit(t.Context(), ask); err != nil || !answer.Granted {
			t.Errorf("%v, %v", answer, err)
		}
		other.succeed(second, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
		if err := zombie.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestClusterThatIsDownEndsTheApplication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		result := y.submit()
		y.enter()
		y.events <- containers.Down{Err: errors.New("killed by its queue's owner")}
		if got := <-result; !strings.Contains(got, "killed by its queue's owner") {
			t.Errorf("result %q", got)
		}
		<-y.driver.Done()
		final := containers.Final{Status: containers.Failed, Diagnostics: "down"}
		if err := y.driver.Stop(t.Context(), final); err != nil || y.finished != final {
			t.Errorf("%v, %v", err, y.finished)
		}
	})
}

func TestContainersThatCannotStartEndTheApplication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		y.launch = func(id containers.ID) error { return errors.New("no binary for " + string(id)) }
		result := y.submit()
		for i := range 5 {
			c := containers.Container{ID: containers.ID(string(rune('a' + i)))}
			y.events <- containers.Allocated{Containers: []containers.Container{c}}
			<-y.released
		}
		if got := <-result; !strings.Contains(got, am.ErrTooManyFailures.Error()) ||
			!strings.Contains(got, "no binary for a") {
			t.Errorf("result %q", got)
		}
	})
}

func TestClusterIsToldTheProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		h, _ := y.enter()
		done := make(chan error, 1)
		go func() { done <- y.driver.Run(t.Context(), single(y.driver, 0, 2, step{Do: "empty"})) }()
		h.next() // the template
		h.succeed(h.task(), "one")
		task := h.task()
		if p := <-y.progress; p != 0.5 {
			t.Errorf("progress %v", p)
		}
		h.succeed(task, "two")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTaskOfLostExecutorCountsOnlyWhenTheApplicationIsToBlame(t *testing.T) {
	for name, blame := range map[string]bool{"its own fault": true, "nobody's fault": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := openYard(t, settings(t, "weft.task.maxFailures", "1"))
				defer y.stop()
				h, container := y.enter()
				result := y.submit()
				h.task()
				y.events <- containers.Completed{
					ID: container, Reason: containers.ReasonMemory, CausedByApp: blame,
				}
				if blame {
					if got := <-result; !strings.Contains(got, "out of memory") {
						t.Errorf("result %q", got)
					}
					return
				}
				other, _ := y.enter()
				other.succeed(other.task(), "good")
				if got := <-result; got != "good" {
					t.Errorf("result %q", got)
				}
			})
		})
	}
}
