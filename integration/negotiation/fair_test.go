package negotiation

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

const queues = `<allocations>
  <queue name="a"/>
  <queue name="b"/>
  <defaultFairSharePreemptionTimeout>1</defaultFairSharePreemptionTimeout>
  <defaultFairSharePreemptionThreshold>1.0</defaultFairSharePreemptionThreshold>
</allocations>
`

// fairCluster is a FairScheduler with two queues of equal weight that preempt each other.
func fairCluster(t *testing.T) *bed {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fair-scheduler.xml")
	if err := os.WriteFile(file, []byte(queues), 0o644); err != nil {
		t.Fatal(err)
	}
	const fair = "yarn.scheduler.fair."
	return startCluster(t, hadoop.Options{NodeMemoryMB: 2048, NodeVcores: 16,
		ShuffleService: true, Properties: map[string]string{
			"yarn.resourcemanager.scheduler.class": "org.apache.hadoop.yarn.server.resourcemanager." +
				"scheduler.fair.FairScheduler",
			fair + "allocation.file":                          file,
			fair + "preemption":                               "true",
			fair + "preemption.cluster-utilization-threshold": "0.1",
			fair + "waitTimeBeforeKill":                       "5000",
			fair + "assignmultiple":                           "true",

			"yarn.resource-types":                                     "yarn.io/gpu,acme.com/widget",
			"yarn.resource-types.memory-mb.increment-allocation":      "256",
			"yarn.nodemanager.resource-type.yarn.io/gpu":              "2",
			"yarn.nodemanager.resource-type.acme.com/widget":          "5",
			"yarn.nm.liveness-monitor.expiry-interval-ms":             "6000",
			"yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": "500",
		}})
}

func TestFairScheduler(t *testing.T) {
	b := fairCluster(t)
	for _, c := range []struct {
		name string
		test func(*bed)
	}{
		{"custom resources", (*bed).customResources},
		{"stage with a resource of its own", (*bed).resourceStage},
		// It says which containers it takes, and leaves no choice.
		{"preemption", func(b *bed) { b.preempted() }},
		{"lost node", (*bed).lostNode},
		{"decommissioning node", (*bed).decommissioning}, // last: the node stays away
	} {
		t.Run(c.name, func(t *testing.T) { c.test(b.in(t)) })
	}
}

// decommissioning: tasks on a node that is to go end in peace, and those to come run elsewhere. The
// node's shuffle service keeps the outputs of those that have ended, so idle executors go at once.
func (b *bed) decommissioning() {
	g := b.gate()
	j := g.start(8, "--queue", "a", "--conf", "weft.shuffle.service.enabled=true")
	g.waiting()
	leaves := b.cluster.NodeManager(1).Host
	var idle []int
	for p := 0; p < partitions; p += 2 {
		if pid := g.Attempts(p)[0]; g.hostOf(pid) == leaves {
			idle = append(idle, pid)
		}
	}
	if err := os.WriteFile(b.cluster.ExcludeFile(), []byte(leaves+"\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	if _, err := b.cluster.Admin(b.Context(), "-refreshNodes", "-g", "60", "-server"); err != nil {
		b.Fatal(err)
	}
	b.until("idle executors of the node to go", func() bool {
		all, err := b.cluster.Processes()
		if err != nil {
			b.Fatal(err)
		}
		return !slices.ContainsFunc(all, func(p hadoop.Process) bool { return slices.Contains(idle, p.Pid) })
	})
	g.Open()
	said := j.succeeds()
	for p := 1; p < partitions; p += 2 {
		if n := len(g.Attempts(p)); n != 1 {
			b.Errorf("partition %d, which waited, was run %d times\n%s", p, n, said)
		}
	}
	if strings.Contains(said, "failed attempts") {
		b.Errorf("tasks failed:\n%s", said)
	}
}
