package yarn

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestFinishTellsHowItEnded(t *testing.T) {
	for status, want := range map[containers.Status]rmclient.FinalStatus{
		containers.Succeeded: rmclient.Succeeded, containers.Failed: rmclient.FailedStatus,
		containers.Killed: rmclient.KilledStatus,
	} {
		b := newBed(t, rmtest.Options{}).start()
		b.want(executors(2))
		b.launch(b.given(2)[0], 1)
		b.cluster.Progress(0.5)
		if err := b.finish(t.Context(), containers.Final{Status: status, Diagnostics: "so"}); err != nil {
			t.Error(err)
		}
		if r := b.report(); r.State != rmclient.Finished || r.Final != want || r.Diagnostics != "so" {
			t.Errorf("%s: %+v", status, r)
		}
		ended := 0
		for _, e := range b.seen {
			if c, ok := e.(containers.Completed); ok && c.Reason == containers.ReasonReleased {
				ended++
			}
		}
		if ended != 2 {
			t.Errorf("%d containers completed: %+v", ended, b.seen)
		}
	}
}

func TestFinishKillsWhatItCannotUnregister(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.finish(ctx, containers.Final{Status: containers.Killed})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if r := b.report(); r.State != rmclient.Killed {
		t.Errorf("state %s", r.State)
	}
	b.cluster.finished = nil // told above
}

func TestFailedStartLeavesNoApplication(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	b.rm.Fail("registerApplicationMaster", yarnException, "no more")
	if err := b.cluster.Start(t.Context(), b.events); !says(err, "no more") {
		t.Errorf("start: %v", err)
	}
	if err := b.cluster.Want(t.Context(), nil); !errors.Is(err, errNotStarted) {
		t.Errorf("want: %v", err)
	}
	if err := b.finish(t.Context(), containers.Final{Status: containers.Failed}); err != nil {
		t.Error(err)
	}
	if r := b.report(); r.State != rmclient.Killed {
		t.Errorf("state %s", r.State)
	}
}

func TestCallsAfterFinishFail(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	if err := b.finish(t.Context(), containers.Final{}); err != nil {
		t.Fatal(err)
	}
	if err := b.cluster.Want(t.Context(), nil); !errors.Is(err, errFinished) {
		t.Errorf("got %v", err)
	}
}
