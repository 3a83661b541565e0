package negotiation

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/containers"
	onyarn "github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// capacityCluster has two queues of half the cluster that preempt each other within seconds, GPUs
// and widgets that are numbers only, and a node label.
func capacityCluster(t *testing.T) *bed {
	t.Helper()
	const (
		root       = "yarn.scheduler.capacity.root."
		preemption = "yarn.resourcemanager.monitor.capacity.preemption."
	)
	labels := t.TempDir()
	return startCluster(t, hadoop.Options{NodeMemoryMB: 2048, NodeVcores: 16,
		ShuffleService: true, Properties: map[string]string{
			root + "queues":           "default,a,b",
			root + "default.capacity": "0", root + "default.maximum-capacity": "100",
			root + "a.capacity": "50", root + "a.maximum-capacity": "100", root + "a.user-limit-factor": "10",
			root + "b.capacity": "50", root + "b.maximum-capacity": "100", root + "b.user-limit-factor": "10",
			root + "accessible-node-labels":              "x",
			root + "accessible-node-labels.x.capacity":   "100",
			root + "a.accessible-node-labels":            "x",
			root + "a.accessible-node-labels.x.capacity": "100",
			root + "b.accessible-node-labels":            " ",
			root + "default.accessible-node-labels":      " ",

			"yarn.resourcemanager.scheduler.monitor.enable": "true",
			preemption + "monitoring_interval":              "500",
			preemption + "max_wait_before_kill":             "5000",
			preemption + "total_preemption_per_round":       "1.0",
			preemption + "natural_termination_factor":       "1.0",

			"yarn.resource-types":                                     "yarn.io/gpu,acme.com/widget",
			"yarn.nodemanager.resource-type.yarn.io/gpu":              "2",
			"yarn.nodemanager.resource-type.acme.com/widget":          "5",
			"yarn.node-labels.enabled":                                "true",
			"yarn.node-labels.fs-store.root-dir":                      "file://" + labels,
			"yarn.cluster.max-application-priority":                   "10",
			"yarn.nm.liveness-monitor.expiry-interval-ms":             "6000",
			"yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": "500",
		}})
}

func TestCapacityScheduler(t *testing.T) {
	b := capacityCluster(t)
	for _, c := range []struct {
		name string
		test func(*bed)
	}{
		{"custom resources", (*bed).customResources},
		{"stage with a resource of its own", (*bed).resourceStage},
		{"what the cluster cannot give", (*bed).badInput},
		{"unknown resource", (*bed).unknownResource},
		{"placement switched off", (*bed).placementOff},
		{"stages that the cluster cannot serve", (*bed).refusedStages},
		{"tags priority and lifetime", (*bed).tags},
		{"preemption", (*bed).preemption},
		{"lost node", (*bed).lostNode},
		{"labels", (*bed).labels},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(b.in(t)) })
	}
}

func amounts(memory resource.Megabytes, name string, count int64) resource.Vector {
	return resource.Make(memory, 1, resource.Amount{Name: name, Count: count})
}

// customResources: of five containers with a GPU each four come, two on each node, and of three with
// three widgets each two.
func (b *bed) customResources() {
	a := b.taker("weft.yarn.queue=a")
	for _, c := range []struct {
		each              resource.Vector
		asked, came, host int
	}{
		{amounts(256, "gpu", 1), 5, 4, 2},
		{amounts(256, "acme.com/widget", 3), 3, 2, 1},
	} {
		a.want(containers.Ask{Profile: 1, Resource: c.each, Count: c.asked})
		perHost := map[string]int{}
		var ids []containers.ID
		for _, given := range a.given(c.came) {
			perHost[given.Host]++
			ids = append(ids, given.ID)
		}
		for host, n := range perHost {
			if n != c.host {
				b.Errorf("%d containers of %s on %s", n, c.each, host)
			}
		}
		a.want() // before the next ask, which a reservation for this one would hold up
		if err := a.cluster.Release(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
	a.finish()
}

func (b *bed) badInput() {
	for _, c := range []struct {
		pair string
		want error
	}{
		{"weft.executor.memory=3g", submit.ErrTooLarge},
		{"weft.yarn.executor.nodeLabelExpression=y", submit.ErrLabel},
	} {
		_, err := submit.Unmanaged(b.Context(), b.request("weft.yarn.queue=a", c.pair))
		if !errors.Is(err, c.want) {
			b.Errorf("%s: %v", c.pair, err)
		}
	}
}

// placementOff: this cluster takes no placement constraints, and says so at the registration.
func (b *bed) placementOff() {
	r := b.request("weft.yarn.queue=a", "weft.yarn.executor.placementConstraint=notin,node,weft")
	attempt, err := submit.Unmanaged(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	cluster, err := onyarn.New(onyarn.OfAttempt(attempt, r.Conf, nil))
	if err != nil {
		b.Fatal(err)
	}
	err = cluster.Start(b.Context(), nil)
	if !errors.Is(err, submit.ErrPlacement) || !errors.Is(err, rmclient.ErrNoPlacement) {
		b.Errorf("the registration: %v", err)
	}
	if err := cluster.Finish(b.Context(), containers.Final{Status: containers.Failed}); err != nil {
		b.Error(err)
	}
	if err := attempt.Close(b.Context()); err != nil {
		b.Error(err)
	}
}

// unknownResource: the ResourceManager would leave it out and say nothing.
func (b *bed) unknownResource() {
	a := b.taker("weft.yarn.queue=a")
	for _, c := range []struct {
		size resource.Vector
		want error
	}{
		{amounts(256, "fpga", 1), submit.ErrUnknownResource},
		{amounts(256, "gpu", 3), submit.ErrTooLarge},
	} {
		err := a.cluster.Want(b.Context(), []containers.Ask{{Resource: c.size, Count: 1}})
		if !errors.Is(err, c.want) {
			b.Errorf("%s: %v", c.size, err)
		}
	}
	a.finish()
}

func (b *bed) tags() {
	a := b.taker("weft.yarn.queue=a", "weft.yarn.tags=nightly,team-a", "weft.yarn.priority=7",
		"weft.yarn.application.lifetime=2h")
	r, err := b.client.Report(b.Context(), a.id)
	if err != nil {
		b.Fatal(err)
	}
	if strings.Join(r.Tags, ",") != "nightly,team-a" || r.Priority != 7 {
		b.Errorf("tags %q, priority %d", r.Tags, r.Priority)
	}
	if left := b.lifetime(a.id.String()); left < time.Hour || left > 2*time.Hour {
		b.Errorf("%s of its lifetime are left", left)
	}
	a.finish()
}

// lifetime is how long the ResourceManager lets an application run on.
func (b *bed) lifetime(id string) time.Duration {
	b.Helper()
	answer, err := http.Get(b.cluster.WebAddress() + "/ws/v1/cluster/apps/" + id + "/timeouts/LIFETIME")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct {
		Timeout struct {
			Left int64 `json:"remainingTimeInSeconds"`
		} `json:"timeout"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		b.Fatal(err)
	}
	return time.Duration(said.Timeout.Left) * time.Second
}

// preemption: the CapacityScheduler leaves the choice to weft. The executors that are done go, and
// no task that waited is run again.
func (b *bed) preemption() {
	g, said := b.preempted()
	for p := 1; p < partitions; p += 2 {
		if n := len(g.Attempts(p)); n != 1 {
			b.Errorf("partition %d, which waited, was run %d times\n%s", p, n, said)
		}
	}
}

// preempted: a job holds the whole cluster, half of its tasks wait, and another queue wants its
// half. The job gives it up, ends well, and no task fails.
func (b *bed) preempted() (gate, string) {
	g := b.gate()
	j := g.start(8, "--queue", "a", "--conf", "weft.executor.memoryOverhead=320m",
		"--conf", "weft.yarn.preemption.gracePeriod=4s")
	g.waiting()
	other := b.taker("weft.yarn.queue=b")
	began := time.Now()
	other.want(containers.Ask{Resource: resource.Make(512, 1), Count: 4})
	other.given(4)
	b.Logf("the other queue had its containers after %s", time.Since(began))
	g.Open()
	said := j.succeeds()
	if strings.Contains(said, "failed attempts") {
		b.Errorf("tasks failed:\n%s", said)
	}
	other.finish()
	return g, said
}

// lostNode: tasks on the node that stays are not run again.
func (b *bed) lostNode() {
	g := b.gate()
	j := g.start(8, "--queue", "a")
	g.waiting()
	lost := b.cluster.NodeManager(0)
	host := map[int]string{}
	for p := 1; p < partitions; p += 2 {
		host[p] = g.hostOf(g.Attempts(p)[0])
	}
	if err := lost.Kill9(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := b.cluster.WaitNode(b.Context(), lost, hadoop.Lost); err != nil {
		b.Fatal(err)
	}
	g.Open()
	said := j.succeeds()
	for p := 1; p < partitions; p += 2 {
		if n := len(g.Attempts(p)); host[p] != lost.Host && n != 1 {
			b.Errorf("partition %d on %s was run %d times\n%s", p, host[p], n, said)
		}
	}
	if strings.Contains(said, "failed attempts") {
		b.Errorf("tasks failed:\n%s", said)
	}
	if err := lost.Start(); err != nil {
		b.Fatal(err)
	}
	if err := b.cluster.WaitNode(b.Context(), lost, hadoop.Running); err != nil {
		b.Fatal(err)
	}
}

// labels: executors come on the labelled node only.
func (b *bed) labels() {
	if _, err := b.cluster.Admin(b.Context(), "-addToClusterNodeLabels", "x(exclusive=true)"); err != nil {
		b.Fatal(err)
	}
	host := b.cluster.NodeManager(1).Host
	if _, err := b.cluster.Admin(b.Context(), "-replaceLabelsOnNode", host+"=x"); err != nil {
		b.Fatal(err)
	}
	_, err := submit.Unmanaged(b.Context(), b.request("weft.yarn.queue=b",
		"weft.yarn.executor.nodeLabelExpression=x"))
	if !errors.Is(err, submit.ErrLabel) {
		b.Errorf("a label that queue b may not use: %v", err)
	}
	a := b.taker("weft.yarn.queue=a", "weft.yarn.executor.nodeLabelExpression=x")
	a.want(containers.Ask{Resource: resource.Make(256, 1), Count: 3})
	for _, c := range a.given(3) {
		if c.Host != host {
			b.Errorf("%s, and the label is on %s", c, host)
		}
	}
	a.finish()
}
