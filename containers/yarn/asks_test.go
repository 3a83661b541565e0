package yarn

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
	"github.com/weft-data/weft/submit"
)

func TestContainersComeSpreadOverTheHosts(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(executors(4))
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
	b.want(executors(2, containers.HostCount{Host: "node2", Count: 2}))
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
	b.want(executors(2, containers.HostCount{Host: "node1", Count: 1}))
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
	b.want(executors(1))
	first := b.given(1)[0]
	b.want(executors(3))
	b.given(2)
	b.want(executors(3)) // the same again brings nothing
	if err := b.cluster.Release(t.Context(), []containers.ID{first.ID}); err != nil {
		t.Fatal(err)
	}
	e := next[containers.Completed](b)
	if e.ID != first.ID || e.Reason != containers.ReasonReleased || e.CausedByApp {
		t.Errorf("%s", e)
	}
	b.given(1) // in its place
}

func TestWhatTheClusterCannotGiveIsRefusedAtOnce(t *testing.T) {
	o := rmtest.Options{ResourceTypes: []string{"yarn.io/gpu"}}
	o.Nodes = []rmtest.Node{{Size: rmclient.Resource{MemoryMB: 8192, VCores: 8,
		Extra: map[string]int64{"yarn.io/gpu": 2}}}}
	b := newBed(t, o).start()
	gpus := func(n int64) resource.Amount { return resource.Amount{Name: "gpu", Count: n} }
	for _, c := range []struct {
		size resource.Vector
		want error
	}{
		{resource.Make(8193, 1), submit.ErrTooLarge},
		{resource.Make(100, 9), submit.ErrTooLarge},
		{resource.Make(100, 1, gpus(3)), submit.ErrTooLarge},
		{resource.Make(100, 1, resource.Amount{Name: "acme.com/widget", Count: 1}), submit.ErrUnknownResource},
	} {
		err := b.cluster.Want(t.Context(), []containers.Ask{{Resource: c.size, Count: 1}})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.size, err)
		}
		if err := b.cluster.Check(t.Context(), c.size); !errors.Is(err, c.want) {
			t.Errorf("Check of %s: %v", c.size, err)
		}
	}
	if err := b.cluster.Check(t.Context(), resource.Make(8192, 8, gpus(2))); err != nil {
		t.Error(err)
	}
	b.want(containers.Ask{Resource: resource.Make(100, 1, gpus(1)), Count: 2}) // and nothing is broken
	for _, c := range b.given(2) {
		if c.Resource.Of("gpu") != 1 {
			t.Errorf("%s has %s", c, c.Resource)
		}
	}
}

// TestRequestsSayWhatYarnNeeds: the execution type of every row, without which a cluster with
// opportunistic containers fails, the profile as priority and id, the label where it may stand, and
// under a placement constraint the executors' tag and an id of its own for each turn.
func TestRequestsSayWhatYarnNeeds(t *testing.T) {
	firm, spare := ask.Line{Profile: 3}, ask.Line{Profile: 3, Spare: true}
	size := resource.Make(1024, 1, resource.Amount{Name: "yarn.io/gpu", Count: 1})
	got := request([]ask.Row{
		{Line: firm, Place: "h1", Size: size, Count: 1},
		{Line: firm, Place: ask.Anywhere, Size: size, Count: 2, Label: "x"},
		{Line: spare, Place: ask.Anywhere, Size: size, Count: 1},
	}, "")
	got = append(got, request([]ask.Row{
		{Line: firm, Place: ask.Anywhere, Size: size, Count: 4, Turn: 2}}, "weft")...)
	each := rmclient.Resource{MemoryMB: 1024, VCores: 1, Extra: map[string]int64{"yarn.io/gpu": 1}}
	want := []rmclient.Ask{
		{Priority: 3, RequestID: 3, Place: "h1", Size: each, Count: 1, Execution: rmclient.Guaranteed},
		{Priority: 3, RequestID: 3, Place: "*", Size: each, Count: 2, NodeLabel: "x",
			Execution: rmclient.Guaranteed},
		{Priority: 3, RequestID: 1<<32 + 3, Place: "*", Size: each, Count: 1,
			Execution: rmclient.Opportunistic, EnforceExecution: true},
		{Priority: 3, RequestID: 2<<33 + 3, Place: "*", Size: each, Count: 4,
			Execution: rmclient.Guaranteed, Tag: "weft"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, l := range []ask.Line{firm, spare} {
		if back, turn := lineOf(requestID(l, 7)); back != l || turn != 7 {
			t.Errorf("%s comes back as %s, turn %d", l, back, turn)
		}
	}
}

func TestProgressReachesTheResourceManager(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.cluster.Progress(0.25)
	b.want(executors(1))
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
	b.want(executors(1))
	b.given(1)
	b.rm.Wait(t, "a second list", func() bool { return b.rm.Calls("getClusterNodes") == 2 })
}
