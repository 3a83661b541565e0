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

// A servedHand is an executor whose node has a shuffle service.
type servedHand struct {
	*hand
	container containers.ID
}

// enterServed registers an executor on a host with a service.
func (y *yard) enterServed(host string) servedHand {
	y.t.Helper()
	id, l := y.giveOn(host)
	h := y.dial(l.Executor)
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Register{Register: &control.Register{
		Executor: h.id, Host: host, Slots: 1, Manifest: "m", Blocks: host + ":1", Service: host + ":7448",
	}}})
	if m := h.next(); m.GetRegistered() == nil {
		y.t.Fatalf("answer: %v", m)
	}
	return servedHand{h, id}
}

// end ends an executor as its cluster tells it.
func (y *yard) end(h servedHand, why containers.Reason) {
	y.t.Helper()
	if err := h.Close(); err != nil {
		y.t.Fatal(err)
	}
	y.events <- containers.Completed{ID: h.container, Reason: why}
}

// shuffling runs a job of two map tasks and some reduce tasks beside the test.
func (y *yard) shuffling(reduces int) (result <-chan string) {
	out := make(chan string, 1)
	go func() {
		value := "no value"
		j := mapReduce(y.driver, 0, 2, reduces, step{Do: "write"}, step{Do: "sum", Param: "0"})
		j.OnResult = func(_ int, v []byte) { value = string(v) }
		if err := y.driver.Run(y.t.Context(), j); err != nil {
			value = err.Error()
		}
		out <- value
	}()
	return out
}

// mapped plays both map tasks, one on each of two hosts, and gives the executors.
func (y *yard) mapped() (a, b servedHand) {
	y.t.Helper()
	a, b = y.enterServed("n1"), y.enterServed("n2")
	a.succeed(a.task(), "")
	b.succeed(b.task(), "")
	synctest.Wait()
	return a, b
}

// places tells where outputs of shuffle 0 are: "" where they are missing.
func (y *yard) places() []string {
	y.t.Helper()
	r, err := y.driver.MapOutputs(y.t.Context(), &control.MapOutputsRequest{})
	if err != nil {
		y.t.Fatal(err)
	}
	out := make([]string, len(r.Place))
	for i, p := range r.Place {
		if p < 0 {
			continue
		}
		out[i] = "service " + r.Places[p].Service
		if r.Places[p].Service == "" {
			out[i] = "executor " + r.Places[p].Blocks
		}
	}
	return out
}

func (y *yard) wantPlaces(first, second string) {
	y.t.Helper()
	synctest.Wait()
	if got := y.places(); len(got) != 2 || got[0] != first || got[1] != second {
		y.t.Errorf("outputs are at %q, want %q and %q", got, first, second)
	}
}

// fetchFailed reports that a task could not read an output of an executor's host.
func (h *hand) fetchFailed(t dag.Task, of servedHand, partition int32) {
	h.t.Helper()
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
		Stages: []*control.StageEnds{{
			Stage: int32(t.Stage), Partitions: []int32{t.Partition}, Attempts: []int32{t.Attempt},
			Micros: []uint32{1e6},
			Details: []*control.Detail{{Failure: &control.Failure{
				Kind: control.Failure_FETCH, Message: "connection refused", Record: -1,
				Fetch: &control.Fetch{Map: partition, Executor: of.id, Service: true},
			}}},
		}},
	}}})
}

// S123, S124: no map task runs again when the executors that ran them are gone.
func TestOutputsOutliveExecutorsWithAService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		result := y.shuffling(1)
		a, b := y.mapped()
		y.end(a, containers.ReasonReleased)
		y.end(b, containers.ReasonPreempted)
		y.wantPlaces("service n1:7448", "service n2:7448")
		c := y.enterServed("n3")
		task := c.task()
		if task.Stage != 1 {
			t.Errorf("%v is launched, not the reduce task", task)
		}
		c.succeed(task, "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
		if n := y.driver.Status().Counters.Tasks; n != 3 {
			t.Errorf("%d tasks were used, want 3", n)
		}
	})
}

// S30, S108: without a service outputs go with their executor.
func TestOutputsGoWithExecutorsWithoutAService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		y.shuffling(1)
		a, id := y.enterOn("n1")
		a.succeed(a.task(), "")
		a.succeed(a.task(), "")
		a.task() // reduces
		y.events <- containers.Completed{ID: id, Reason: containers.ReasonReleased}
		y.wantPlaces("", "")
	})
}

// The service of n1 is gone for good: what was written there is lost, by whomever; the other
// host's output stays, and what the living executor of n1 writes from then on it serves itself.
func TestServiceThatIsGoneLosesItsHostsOutputs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		result := y.shuffling(2)
		a, b := y.mapped()
		y.end(a, containers.ReasonReleased)
		again := y.enterServed("n1")
		again.fetchFailed(again.task(), a, 0)
		y.wantPlaces("", "service n2:7448")
		m := again.task()
		if m.Stage != 0 || m.Partition != 0 || m.Attempt != 1 {
			t.Errorf("%v runs again", m)
		}
		again.succeed(m, "")
		y.wantPlaces("executor n1:1", "service n2:7448")
		late := again.task()
		old := late
		old.Attempt = 0
		again.fetchFailed(old, a, 0) // news about what was replaced
		again.fetchFailed(old, again, 0)
		y.wantPlaces("executor n1:1", "service n2:7448")
		again.succeed(late, "good")
		b.succeed(b.task(), "good")
		if got := <-result; got != "good" {
			t.Errorf("result %q", got)
		}
	})
}

func TestLostNodesLoseTheirOutputs(t *testing.T) {
	for name, lose := range map[string]func(y *yard, a servedHand){
		"node lost": func(y *yard, _ servedHand) { y.events <- containers.NodeLost{Host: "n1"} },
		"container lost with its node": func(y *yard, a servedHand) {
			y.events <- containers.Completed{ID: a.container, Reason: containers.ReasonNodeLost}
		},
		"no good disks": func(y *yard, a servedHand) {
			y.events <- containers.Completed{ID: a.container, Reason: containers.ReasonDisks}
		},
		"node lost after the executor": func(y *yard, a servedHand) {
			y.end(a, containers.ReasonReleased)
			y.wantPlaces("service n1:7448", "service n2:7448")
			y.events <- containers.NodeLost{Host: "n1"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := openYard(t, nil)
				defer y.stop()
				y.shuffling(1)
				a, _ := y.mapped()
				lose(y, a)
				y.wantPlaces("", "service n2:7448")
			})
		})
	}
}

// Files of executors that are gone are deleted by another one on the host, or the next.
func TestDroppedShuffleIsDeletedByTheNextExecutor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, nil)
		defer y.stop()
		result := y.shuffling(1)
		a, b := y.mapped()
		y.end(a, containers.ReasonReleased)
		pass(time.Second)
		b.succeed(b.task(), "good")
		<-result
		y.driver.DropShuffle(0)
		if d := b.dropped(); !slices.Equal(d, []int32{0}) {
			t.Errorf("the living executor is told %v", d)
		}
		next := y.enterServed("n1")
		if d := next.dropped(); !slices.Equal(d, []int32{0}) {
			t.Errorf("the next one is told %v", d)
		}
	})
}

// dropped takes the next shuffles that the driver says are dropped.
func (h *hand) dropped() []int32 {
	h.t.Helper()
	for {
		if d := h.next().GetDrop(); len(d.GetShuffles()) > 0 {
			return d.Shuffles
		}
	}
}
