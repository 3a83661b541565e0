package negotiation

import (
	"os"
	"path/filepath"
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
	return startCluster(t, hadoop.Options{NodeMemoryMB: 2048, NodeVcores: 16, Properties: map[string]string{
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
		// It says which containers it takes, and leaves no choice.
		{"preemption", func(b *bed) { b.preempted() }},
		{"lost node", (*bed).lostNode},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(b.in(t)) })
	}
}
