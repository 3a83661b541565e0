package yarn

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestExecutorThatCrashesIsReplaced(t *testing.T) {
	exits := make(chan rmclient.ExitStatus)
	o := rmtest.Options{Run: func(ctx context.Context, _ rmtest.Launch) rmclient.ExitStatus {
		select {
		case e := <-exits:
			return e
		case <-ctx.Done():
			return 143
		}
	}}
	b := newBed(t, o).start()
	b.want(executors(1))
	b.launch(b.given(1)[0], 1)
	exits <- 2
	e := next[containers.Completed](b)
	if e.Reason != containers.ReasonExited || e.ExitCode != 2 || !e.CausedByApp {
		t.Errorf("%s", e)
	}
	b.given(1)
}

func TestLostNodeIsToldBeforeItsContainers(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(executors(1, containers.HostCount{Host: "node2", Count: 1}))
	b.launch(b.given(1)[0], 1)
	b.cluster.loop.beside.Wait() // the node has answered: it is not lost in the middle of the start
	b.rm.LoseNode("node2")
	if e := next[containers.NodeLost](b); e.Host != "node2" {
		t.Errorf("%+v", e)
	}
	if e := next[containers.Completed](b); e.Reason != containers.ReasonNodeLost || e.CausedByApp {
		t.Errorf("%s", e)
	}
	if c := b.given(1)[0]; c.Host != "node1" {
		t.Errorf("replaced by %s", c)
	}
}

func TestPreemptionIsPassedOnOnce(t *testing.T) {
	b := newBed(t, twoNodes(), "weft.yarn.preemption.gracePeriod=3s").start()
	b.want(executors(2))
	all := b.given(2)
	b.rm.Preempt(b.app, true, b.rmID(all[0].ID))
	e := next[containers.Preempt](b)
	want := containers.Preempt{Taken: []containers.ID{all[0].ID}, Deadline: 3 * time.Second}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	b.rm.Preempt(b.app, true, b.rmID(all[0].ID)) // as the FairScheduler repeats it
	b.rm.Preempt(b.app, false, b.rmID(all[1].ID))
	e = next[containers.Preempt](b)
	want = containers.Preempt{Named: []containers.ID{all[1].ID}, Deadline: 3 * time.Second}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
}

func TestDecommissioningNodeIsTold(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(executors(1, containers.HostCount{Host: "node2", Count: 1}))
	b.given(1)
	b.rm.SetNodeState("node2", rmclient.NodeDecommissioning)
	if e := next[containers.Decommissioning](b); e.Host != "node2" {
		t.Errorf("%+v", e)
	}
	b.want(executors(4))
	for _, c := range b.given(3) {
		if c.Host != "node1" {
			t.Errorf("%s", c)
		}
	}
}

func TestExecutorsOutliveARestartOfTheResourceManager(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(executors(1))
	b.launch(b.given(1)[0], 1)
	b.rm.Wait(t, "the executor runs", func() bool { return b.rm.Calls("startContainers") == 1 })
	b.rm.RestartRM()
	b.want(executors(2))
	b.given(1) // one more, and the first has not completed
	for _, e := range b.seen {
		if c, ended := e.(containers.Completed); ended {
			t.Errorf("%s", c)
		}
	}
}

func TestFencedAttemptGoesDownAndTouchesNothing(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.rm.NewAttempt(b.app)
	b.want(executors(1)) // so that the next heartbeat is soon
	if e := next[containers.Down](b); !errors.Is(e.Err, rmclient.ErrFenced) {
		t.Errorf("%v", e.Err)
	}
	if err := b.finish(t.Context(), containers.Final{Status: containers.Failed}); err != nil {
		t.Error(err)
	}
	if r := b.report(); r.State.Ended() {
		t.Errorf("the other attempt's application is %s", r.State)
	}
}
