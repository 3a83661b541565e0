package yarn

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestHostWhereStartsFailIsExcluded(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	onNode1 := executors(1, containers.HostCount{Host: "node1", Count: 1})
	b.want(onNode1)
	for i := range int32(2) {
		c := b.given(1)[0]
		if c.Host != "node1" {
			t.Fatalf("%s", c)
		}
		b.rm.Fail("startContainers", yarnException, "no disk")
		b.launch(c, i)
		next[containers.Completed](b)
	}
	if c := b.given(1)[0]; c.Host != "node2" {
		t.Errorf("%s, where starts fail", c)
	}
}

func TestAllNodesExcludedIsTheEnd(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.want(executors(1))
	for i := range int32(2) {
		b.rm.Fail("startContainers", yarnException, "no disk, the first")
		b.launch(b.given(1)[0], i)
	}
	e := next[containers.Down](b)
	const says = "no node is left for executors: all are excluded; by failed starts: 127.0.0.1 ("
	if got := e.Err.Error(); !strings.HasPrefix(got, says) ||
		!strings.Contains(got, "no disk, the first") || strings.Contains(got, "by failed tasks") {
		t.Error(got)
	}
}

func TestNamedNodesGetNoExecutor(t *testing.T) {
	b := newBed(t, twoNodes(), "weft.yarn.exclude.nodes=node1").start()
	b.want(executors(3))
	for _, c := range b.given(3) {
		if c.Host != "node2" {
			t.Errorf("%s", c)
		}
	}
}

// TestHostsToAvoid: they get no executor until they are no longer named, and a host that is excluded
// for another reason stays so.
func TestHostsToAvoid(t *testing.T) {
	b := newBed(t, twoNodes(), "weft.yarn.exclude.nodes=node3").start()
	avoid := func(hosts ...string) {
		t.Helper()
		if err := b.cluster.Avoid(t.Context(), hosts); err != nil {
			t.Fatal(err)
		}
	}
	blacklisted := func(want ...string) {
		t.Helper()
		b.rm.Wait(t, "hosts to be left out", func() bool { return cmp.Equal(want, b.rm.Blacklist(b.app)) })
	}
	avoid("node1", "node3")
	blacklisted("node1", "node3")
	b.want(executors(2))
	for _, c := range b.given(2) {
		if c.Host != "node2" {
			t.Errorf("%s", c)
		}
	}
	avoid("node2")
	blacklisted("node2", "node3")
	avoid()
	avoid("node1") // in the same heartbeat, or in the next
	avoid()
	blacklisted("node3")
	b.want(executors(3, containers.HostCount{Host: "node1", Count: 1}))
	if c := b.given(1)[0]; c.Host != "node1" {
		t.Errorf("%s, where executors may run again", c)
	}
}
