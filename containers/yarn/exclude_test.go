package yarn

import (
	"strings"
	"testing"

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
	for _, says := range []string{"no node is left for executors", "no disk, the first"} {
		if !strings.Contains(e.Err.Error(), says) {
			t.Errorf("%v does not say %q", e.Err, says)
		}
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
