package yarn

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestContainersComeSpreadOverTheHosts(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(4))
	perHost := map[string]int{}
	for _, c := range b.given(4) {
		perHost[c.Host+c.Rack]++
		if diff := cmp.Diff(resource.Make(1024, 2), c.Resource); diff != "" {
			t.Errorf("resource %s", diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"node1/r1": 2, "node2/r2": 2}, perHost); diff != "" {
		t.Error(diff)
	}
	b.rm.Wait(t, "no asks left", func() bool { return len(b.rm.Asks(b.app)) == 0 })
}

func TestContainersComeWhereTheDataIs(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(2, containers.HostCount{Host: "node2", Count: 2}))
	for _, c := range b.given(2) {
		if c.Host != "node2" {
			t.Errorf("%s", c)
		}
	}
}

func TestAsksNameHostRackAndAnywhere(t *testing.T) {
	o := twoNodes()
	o.Nodes[0].Size = rmclient.Resource{MemoryMB: 512, VCores: 8} // no room: the ask stays open
	o.Nodes[1].Size = rmclient.Resource{MemoryMB: 1500, VCores: 8}
	b := newBed(t, o).start()
	b.want(ask(2, containers.HostCount{Host: "node1", Count: 1}))
	b.given(1)
	var rows []string
	b.rm.Wait(t, "one container to come", func() bool {
		rows = nil
		for _, a := range b.rm.Asks(b.app) {
			rows = append(rows, strings.TrimSpace(a.Place+" "+a.Size.String()))
		}
		return slices.Contains(rows, "* 1024MB 2vcores")
	})
	b.want() // nothing any more
	b.rm.Wait(t, "asks are taken back", func() bool { return len(b.rm.Asks(b.app)) == 0 })
}

func TestWantIsAbsolute(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(1))
	first := b.given(1)[0]
	b.want(ask(3))
	b.given(2)
	b.want(ask(3)) // the same again brings nothing
	if err := b.cluster.Release(t.Context(), []containers.ID{first.ID}); err != nil {
		t.Fatal(err)
	}
	e := next[containers.Completed](b)
	if e.ID != first.ID || e.Reason != containers.ReasonReleased || e.CausedByApp {
		t.Errorf("%s", e)
	}
	b.given(1) // in its place
}

func TestTooLargeIsRefusedAtOnce(t *testing.T) {
	b := newBed(t, rmtest.Options{ResourceTypes: []string{"yarn.io/gpu"}}).start()
	for _, v := range []resource.Vector{
		resource.Make(8193, 1),
		resource.Make(100, 9),
		resource.Make(100, 1, resource.Amount{Name: "acme.com/widget", Count: 1}),
	} {
		err := b.cluster.Want(t.Context(), []containers.Ask{{Resource: v, Count: 1}})
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", v, err)
		}
	}
	b.want(ask(1)) // and nothing is broken
	b.given(1)
}

func TestProgressReachesTheResourceManager(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.cluster.Progress(0.25)
	b.want(ask(1))
	b.given(1)
	b.rm.Wait(t, "progress", func() bool { return b.report().Progress == 0.25 })
}

func TestOldListOfNodesIsRefreshed(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	err := b.cluster.ask(t.Context(), func(l *loop) error {
		l.listed = time.Now().Add(-2 * listAge)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.want(ask(1))
	b.given(1)
	b.rm.Wait(t, "a second list", func() bool { return b.rm.Calls("getClusterNodes") == 2 })
}
