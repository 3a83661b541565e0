package negotiation

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

// TestOpportunisticCopies: a slow task holds a job up on one executor of two slots, and its copy has
// to run on another host. The executor for it is opportunistic. When another application takes all
// that is left of the cluster, YARN kills that executor, and no task has failed.
func TestOpportunisticCopies(t *testing.T) {
	b := startCluster(t, hadoop.Options{NodeMemoryMB: 1024, NodeVcores: 16,
		Properties: map[string]string{
			"yarn.resourcemanager.opportunistic-container-allocation.enabled": "true",
			"yarn.nodemanager.opportunistic-containers-max-queue-length":      "10",
		}})
	g := b.gate()
	log := filepath.Join(g.Dir, "scheduler.log")
	j := g.submit("--executor-memory", "192m", "--executor-cores", "2",
		"--conf", "weft.yarn.stagingDir="+g.staging,
		"--conf", "weft.dynamicAllocation.enabled=true", "--conf", "weft.speculation=true",
		"--conf", "weft.speculation.quantile=0.5", "--conf", "weft.speculation.efficiency.enabled=false",
		"--conf", "weft.speculation.opportunistic=true", "--conf", "weft.scheduler.log="+log,
		program("gated"), g.Dir, "2", g.Dir+"/out")
	b.until("the slow task to have a copy", func() bool { return len(g.Attempts(1)) == 2 })
	original, copied := g.Attempts(1)[0], g.Attempts(1)[1]
	if kind := g.kind(original); kind != "GUARANTEED" {
		t.Errorf("the slow task runs in a container that is %s", kind)
	}
	if kind := g.kind(copied); kind != "OPPORTUNISTIC" {
		t.Errorf("its copy runs in a container that is %s", kind)
	}

	other := b.gate()
	filler := other.start(7) // with the slow task's executor they are all that two nodes can hold
	other.waiting()
	b.until("the copy's executor to be lost", func() bool {
		told, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(told, []byte("to make room for Guaranteed Container"))
	})
	other.Open()
	filler.succeeds()
	g.Open()
	said := j.succeeds()
	if strings.Contains(said, "failed attempts") {
		t.Errorf("tasks failed:\n%s", said)
	}
}

// kind is the execution type of the container of a process, as its node knows it.
func (g gate) kind(pid int) string {
	g.Helper()
	id, host := g.env(pid, "CONTAINER_ID"), g.hostOf(pid)
	for i := range 2 {
		if g.cluster.NodeManager(i).Host == host {
			return g.executionType(g.cluster.NodeWebAddress(i) + "/ws/v1/node/containers/" + id)
		}
	}
	g.Fatalf("no node is %s", host)
	return ""
}

func (g gate) executionType(address string) string {
	g.Helper()
	answer, err := http.Get(address)
	if err != nil {
		g.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct {
		Container struct {
			ExecutionType string `json:"executionType"`
		} `json:"container"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		g.Fatal(err)
	}
	return said.Container.ExecutionType
}
