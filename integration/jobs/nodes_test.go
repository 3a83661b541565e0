package jobs

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// onePerNode makes executors so large that each node has room for one, and has both take tasks.
var onePerNode = []string{
	"weft.executor.memoryOverhead=3200m", "weft.scheduler.minRegisteredResourcesRatio=1",
}

// node is the number of the node that a process of the application runs on.
func (s served) node(pid int) int {
	s.Helper()
	dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		s.Fatal(err)
	}
	id := s.applications(s.name)[0].ID
	for i := range s.cluster.Nodes {
		if strings.HasPrefix(dir, s.cluster.AppCache(i, id)) {
			return i
		}
	}
	s.Fatalf("process %d of %s is on no node: %s", pid, id, dir)
	return -1
}

// wrote is the node of each map output, where each task ran once.
func (s served) wrote() (nodes [partitions]int) {
	s.Helper()
	for p := range nodes {
		pids := s.Attempts(p)
		if len(pids) != 1 {
			s.Fatalf("map task %d ran in processes %v", p, pids)
		}
		nodes[p] = s.node(pids[0])
	}
	return nodes
}

// serves says whether the shuffle service of a node takes connections.
func (s served) serves(i int) bool {
	conn, err := new(net.Dialer).DialContext(s.Context(), "tcp", s.cluster.ShuffleAddress(i))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// withoutService takes the shuffle service from a node, whose NodeManager may not run it again,
// until back is called.
func (s served) withoutService(i int) (back func()) {
	s.Helper()
	file := filepath.Join(s.cluster.ShuffleServiceDir(), "weft-shuffled")
	if err := os.Chmod(file, 0o644); err != nil {
		s.Fatal(err)
	}
	server, err := s.cluster.ShuffleServer(i)
	if err == nil {
		err = server.Kill9()
	}
	if err != nil {
		s.Error(err)
	}
	s.until("end of the service", func() bool { return !s.serves(i) })
	return func() {
		if err := os.Chmod(file, 0o755); err != nil {
			s.Fatal(err)
		}
		s.until("return of the service", func() bool { return s.serves(i) })
	}
}

// crash kills a NodeManager and starts it again, without waiting for it to serve.
func (s served) crash(i int) {
	s.Helper()
	manager := s.cluster.NodeManager(i)
	if err := manager.Kill9(s.Context()); err != nil {
		s.Fatal(err)
	}
	s.until("end of the service", func() bool { return !s.serves(i) })
	if err := manager.Start(); err != nil {
		s.Fatal(err)
	}
}

// recovers waits until a NodeManager and its shuffle service serve.
func (s served) recovers(i int) {
	s.Helper()
	s.until("return of the NodeManager", func() bool {
		answer, err := http.Get(s.cluster.NodeWebAddress(i) + "/ws/v1/node/info")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK && s.serves(i)
	})
}

// TestServiceThatStaysAwayLosesItsNodesOutputs covers S26, S122 and S124 on a real YARN: the service of
// one node goes for good between two jobs. The map tasks whose outputs it had run again, no others.
func TestServiceThatStaysAwayLosesItsNodesOutputs(t *testing.T) {
	s := startLater(t, "client", append(onePerNode, "weft.shuffle.service.patience=2s",
		"weft.shuffle.reduceLocality.enabled=false")...) // one reader on each node
	nodes := s.wrote()
	gone := nodes[0]
	if n := len(slices.Compact(slices.Sorted(slices.Values(nodes[:])))); n != s.cluster.Nodes {
		t.Fatalf("the outputs are on %d nodes", n)
	}
	defer s.withoutService(gone)()
	s.Open()
	s.succeeds()
	for p, node := range nodes {
		want := 1
		if node == gone {
			want = 2
		}
		if n := len(s.Attempts(p)); n != want {
			t.Errorf("map task %d, output on node %d: %d attempts, want %d", p, node, n, want)
		}
	}
	if !strings.Contains(s.run.stderr.String(), "the map outputs on a host are lost") {
		t.Errorf("no word of the lost outputs in\n%s", &s.run.stderr)
	}
}

// TestCrashedNodeManagerIsWaitedFor covers S122, S124 and S129: tasks that read want outputs of a node
// whose NodeManager, and the service with it, is on its way back.
func TestCrashedNodeManagerIsWaitedFor(t *testing.T) {
	s := startLater(t, "client", append(onePerNode, "weft.shuffle.service.patience=60s")...)
	node := s.wrote()[0]
	defer s.recovers(node)
	s.crash(node)
	s.Open()
	s.ends()
	s.lostNothing()
}

// TestContainersOutliveTheirNodeManager covers S123 and S129 in the middle of the map stage: tasks go on,
// and what was written before is read after.
func TestContainersOutliveTheirNodeManager(t *testing.T) {
	s := startServed(t, "gated", "cluster", onePerNode...)
	node := s.node(s.halfway())
	containers := s.containers(s.applications(s.name)[0].ID)
	s.crash(node)
	s.recovers(node)
	if now := s.containers(s.applications(s.name)[0].ID); !slices.Equal(now, containers) {
		t.Errorf("processes %v in containers, before the crash %v", now, containers)
	}
	s.Open()
	s.ends()
}
