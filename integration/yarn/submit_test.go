package yarn

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

func TestSecondSubmissionUploadsNothing(t *testing.T) {
	b := newYarnBed(t)
	var before map[string]time.Time
	for range 2 {
		app, err := submit.Cluster(t.Context(), b.request())
		if err != nil {
			t.Fatal(err)
		}
		report, err := app.Wait(t.Context(), time.Second, nil)
		if err := errors.Join(err, submit.Outcome(report), app.Close()); err != nil {
			t.Fatal(err)
		}
		b.ended(app.ID)
		after := b.staged()
		if len(after) != 1 || before != nil && !maps.EqualFunc(before, after, time.Time.Equal) {
			t.Errorf("staged %v, before %v", after, before)
		}
		before = after
	}
}

func TestSubmissionByREST(t *testing.T) {
	b := newYarnBed(t)
	app, err := submit.Cluster(t.Context(), b.request("weft.submit.via=rest"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := app.Wait(t.Context(), time.Second, nil)
	if err := errors.Join(err, submit.Outcome(report), app.Close()); err != nil {
		t.Error(err)
	}
	b.ended(app.ID)
}

func TestRefusedSubmissionLeavesNothing(t *testing.T) {
	b := newYarnBed(t)
	for _, c := range []struct {
		pair string
		want error
		text string
	}{
		{"weft.yarn.queue=nosuch", rmclient.ErrQueue, "the cluster has no queue nosuch"},
		{"weft.yarn.queue=stopped", rmclient.ErrQueue, "stopped is stopped"},
		{"weft.yarn.queue=root", rmclient.ErrQueue, "non-leaf"},
		{"weft.yarn.queue=root.nosuch", rmclient.ErrQueue, "unknown queue"},
		{"weft.executor.memory=1t", submit.ErrTooLarge, "lower weft.executor.memory"},
		{"weft.executor.cores=1000", submit.ErrTooLarge, "lower weft.executor.cores"},
	} {
		began := time.Now()
		_, err := submit.Unmanaged(t.Context(), b.request(c.pair))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", c.pair, err)
		}
		if left := b.staged(); len(left) != 0 {
			t.Errorf("%s: left %v", c.pair, left)
		}
		all, err := b.client.Applications(t.Context(), rmclient.Filter{Types: []string{"WEFT"},
			States: []rmclient.State{rmclient.NewSaving, rmclient.Submitted, rmclient.Accepted,
				rmclient.Running}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.Submitted.After(began) {
				t.Errorf("%s: left %s %s", c.pair, a.ID, a.State)
			}
		}
	}
}

func TestAttemptThatNobodyFinishesIsKilled(t *testing.T) {
	b := newYarnBed(t)
	a, err := submit.Unmanaged(t.Context(), b.request())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if r := b.ended(a.ID.Application); r.State != rmclient.Killed {
		t.Errorf("%s: %s", r.ID, r.State)
	}
}
