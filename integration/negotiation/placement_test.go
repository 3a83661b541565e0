package negotiation

import (
	"strings"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/resource"
)

// placementCluster has two nodes with room for many containers, and places them by constraints in one
// of YARN's two ways.
func placementCluster(t *testing.T, handler string) *bed {
	return startCluster(t, hadoop.Options{NodeMemoryMB: 4096, NodeVcores: 16,
		Properties: map[string]string{
			"yarn.resourcemanager.placement-constraints.handler": handler,
			"yarn.node-attribute.fs-store.root-dir":              "file://" + t.TempDir(),
		}})
}

// TestPlacementByTheScheduler: the CapacityScheduler places executors by constraints.
func TestPlacementByTheScheduler(t *testing.T) {
	placement(t, "scheduler", "no node satisfies it and has room; ")
}

// TestPlacementByTheProcessor: the ResourceManager does so before its scheduler is asked, and gives
// up what cannot be placed.
func TestPlacementByTheProcessor(t *testing.T) {
	placement(t, "placement-processor", "no node satisfies it; ")
}

func placement(t *testing.T, handler, why string) {
	b := placementCluster(t, handler)
	for _, c := range []struct {
		name string
		test func(*bed)
	}{
		{"a job on nodes apart", func(b *bed) { b.jobApart(why) }},
		{"fewer, and more again", (*bed).fewerAndMore},
		{"at most two on a node", (*bed).twoOnANode},
		{"near and far of another application", (*bed).nearAndFar},
		{"by a node's attribute", (*bed).attribute},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(b.in(t)) })
	}
}

// jobApart: three executors that must be on different nodes, of which there are two. Two come, and
// people are told why the third does not.
func (b *bed) jobApart(why string) {
	g := b.gate()
	j := g.start(3, "--placement", "notin,node,weft", "--conf", "weft.starvation.timeout=2s",
		"--conf", "weft.scheduler.minRegisteredResourcesRatio=0.6")
	told := "executors wait under the placement constraint notin,node,weft, 1 are still to come: " + why
	b.until("people to be told", func() bool { return strings.Contains(j.output.String(), told) })
	nodes, err := b.cluster.NodeReports(b.Context(), hadoop.Running)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range nodes {
		if n.Containers != 1 {
			b.Errorf("%d executors on %s", n.Containers, n.Host)
		}
	}
	g.Open()
	j.succeeds()
}

// fewerAndMore: asks are taken back and said anew, and one that has gone is replaced.
func (b *bed) fewerAndMore() {
	a := b.taker("weft.yarn.executor.placementConstraint=notin,node,weft")
	a.wanting(3)
	came := a.given(2)
	a.wanting(0)
	if err := a.cluster.Release(b.Context(), []containers.ID{came[0].ID}); err != nil {
		b.Fatal(err)
	}
	a.wanting(4)
	if c := a.given(1)[0]; c.Host != came[0].Host {
		b.Errorf("%s came in place of %s", c, came[0])
	}
	a.finish()
}

func (a *taker) wanting(count int) {
	a.Helper()
	a.want(containers.Ask{Resource: resource.Make(256, 1), Count: count})
}

// hosts wants executors, waits for so many, and counts them by host.
func (a *taker) hosts(wanted, come int) map[string]int {
	a.Helper()
	a.wanting(wanted)
	hosts := map[string]int{}
	for _, c := range a.given(come) {
		hosts[c.Host]++
	}
	return hosts
}

// twoOnANode: YARN counts the containers that are there before the next comes, so that one may be.
func (b *bed) twoOnANode() {
	a := b.taker("weft.yarn.executor.placementConstraint=cardinality,node,weft,0,1")
	for host, n := range a.hosts(5, 4) {
		if n != 2 {
			b.Errorf("%d executors on %s", n, host)
		}
	}
	a.finish()
}

// nearAndFar: where another application's executor is, and where it is not.
func (b *bed) nearAndFar() {
	other := b.taker("weft.yarn.executor.allocationTag=hbase",
		"weft.yarn.executor.placementConstraint=notin,node,hbase")
	var host string
	for host = range other.hosts(1, 1) {
	}
	near := b.taker("weft.yarn.executor.placementConstraint=in,node,not-self/hbase")
	if hosts := near.hosts(2, 2); hosts[host] != 2 {
		b.Errorf("beside the executor on %s came %v", host, hosts)
	}
	near.finish()
	far := b.taker("weft.yarn.executor.placementConstraint=and(notin,node,all/hbase:notin,rack,x)")
	if hosts := far.hosts(2, 2); hosts[host] != 0 {
		b.Errorf("away from the executor on %s came %v", host, hosts)
	}
	far.finish()
	other.finish()
}

// attribute: executors come where a node has it, or where none has.
func (b *bed) attribute() {
	fast := b.cluster.NodeManager(1).Host
	_, err := b.cluster.Run(b.Context(), "org.apache.hadoop.yarn.client.cli.NodeAttributesCLI",
		"-replace", fast+":disk(STRING)=fast")
	if err != nil {
		b.Fatal(err)
	}
	for constraint, want := range map[string]int{"rm.yarn.io/disk=fast": 3, "rm.yarn.io/disk!=fast": 0} {
		a := b.taker("weft.yarn.executor.placementConstraint=" + constraint)
		if hosts := a.hosts(3, 3); hosts[fast] != want {
			b.Errorf("%s: %v, and %s has the attribute", constraint, hosts, fast)
		}
		a.finish()
	}
}
