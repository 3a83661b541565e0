package yarn

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
	"github.com/weft-data/weft/submit"
)

const apart = "weft.yarn.executor.placementConstraint=notin,node,weft"

// lines passes on what a logger writes.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default: // nobody waits for more
	}
	return len(p), nil
}

// TestExecutorsKeepApart: of three executors that must be on different nodes two come to two nodes,
// and people are told of the third until one makes room.
func TestExecutorsKeepApart(t *testing.T) {
	b := newBed(t, twoNodes(), apart, "weft.starvation.timeout=100ms")
	said := make(lines, 1)
	b.cluster.config.Log = hclog.New(&hclog.LoggerOptions{Output: said, Level: hclog.Warn})
	b.start()
	b.want(executors(3))
	all := b.given(2)
	if all[0].Host == all[1].Host {
		t.Errorf("both are on %s", all[0].Host)
	}
	if line := <-said; !strings.Contains(line, "the placement constraint notin,node,weft, 1 are still") {
		t.Errorf("people were told: %s", line)
	}
	if err := b.cluster.Release(t.Context(), []containers.ID{all[0].ID}); err != nil {
		t.Fatal(err)
	}
	if c := b.given(1)[0]; c.Host != all[0].Host {
		t.Errorf("%s came in place of %s", c, all[0])
	}
}

// TestAskThatIsGivenUpIsSaidAgain, with an id of its own.
func TestAskThatIsGivenUpIsSaidAgain(t *testing.T) {
	b := newBed(t, twoNodes(), apart).start()
	b.want(executors(3))
	b.given(2)
	err := b.cluster.ask(t.Context(), func(l *loop) error {
		l.rejected([]rmclient.Rejection{{Ask: rmclient.Ask{RequestID: firstTry, Count: 1}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.rm.Wait(t, "the ask to be said again", func() bool {
		asks := b.rm.Asks(b.app)
		return len(asks) == 1 && asks[0].RequestID == 2*firstTry && asks[0].Count == 1
	})
}

// TestClusterWithoutPlacement: what is to be done about it stands in the error.
func TestClusterWithoutPlacement(t *testing.T) {
	b := newBed(t, rmtest.Options{}, apart)
	b.rm.Fail("registerApplicationMaster", "org.apache.hadoop.yarn.exceptions.YarnException",
		"the configured yarn.resourcemanager.placement-constraints.handler cannot handle placement constraints")
	err := b.cluster.Start(t.Context(), b.events)
	if !errors.Is(err, submit.ErrPlacement) || !errors.Is(err, rmclient.ErrNoPlacement) {
		t.Errorf("%v", err)
	}
	if err := b.finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}
