package hadoop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/integration/hadoop"
)

func TestMain(m *testing.M) {
	code := hadoop.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// limited is the test's context with a bound, so that a wait ends with an error of ours.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// inHDFS is a path that no other run of the tests has used on the same cluster.
func inHDFS(name string) string { return fmt.Sprintf("/tmp/%s-%d", name, os.Getpid()) }

func TestBlocksAndNodesHaveTheSameHosts(t *testing.T) {
	ctx, c := limited(t), hadoop.Shared(t)
	nodes, err := c.NodeReports(ctx, hadoop.Running)
	if err != nil {
		t.Fatal(err)
	}
	var nodeHosts []string
	for _, n := range nodes {
		nodeHosts = append(nodeHosts, n.Host)
	}
	local := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(local, []byte("a line\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	located := inHDFS("located")
	if _, err := c.HDFS(ctx, "-put", "-f", local, located); err != nil {
		t.Fatal(err)
	}
	blockHosts, err := c.BlockHosts(ctx, located)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(nodeHosts)
	if diff := cmp.Diff(nodeHosts, blockHosts); diff != "" {
		t.Errorf("NodeManagers' hosts and the block's differ:\n%s", diff)
	}
}

func TestMapReduceCountsWords(t *testing.T) {
	ctx, c := limited(t), hadoop.Shared(t)
	local := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(local, []byte("to be or not\nto be\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	words, counts := inHDFS("words"), inHDFS("counts")
	if _, err := c.HDFS(ctx, "-put", "-f", local, words); err != nil {
		t.Fatal(err)
	}
	if _, err := c.MapReduce(ctx, "wordcount", words, counts); err != nil {
		t.Fatal(err)
	}
	got, err := c.HDFS(ctx, "-cat", counts+"/part-r-*")
	if want := "be\t2\nnot\t1\nor\t1\nto\t2\n"; err != nil || got != want {
		t.Errorf("counts are %q, %v; want %q", got, err, want)
	}
}

func TestLostNodeComesBack(t *testing.T) {
	ctx := limited(t)
	c, err := hadoop.Start(ctx, hadoop.Options{
		Dir:        filepath.Join(t.TempDir(), "cluster"),
		Properties: map[string]string{"yarn.nm.liveness-monitor.expiry-interval-ms": "5000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, c)
	nodes, err := c.NodeReports(ctx, hadoop.Running)
	if err != nil || len(nodes) != 2 {
		t.Fatalf("running nodes: %v, %v; want 2", nodes, err)
	}
	second := c.NodeManager(1)
	if err := second.Kill9(ctx); err != nil {
		t.Fatal(err)
	}
	if second.Alive() || !c.NodeManager(0).Alive() {
		t.Fatal("kill -9 of one NodeManager ended another one, or none")
	}
	if err := c.WaitNode(ctx, second, hadoop.Lost); err != nil {
		t.Fatal(err)
	}
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitNode(ctx, second, hadoop.Running); err != nil {
		t.Error(err)
	}
}

func TestStopEndsContainers(t *testing.T) {
	ctx := limited(t)
	c, err := hadoop.Start(ctx, hadoop.Options{Nodes: 1, Dir: filepath.Join(t.TempDir(), "cluster")})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, c)
	submitSleep(t, c)
	asleep := waitSleep(t, c)
	if err := c.NodeManager(0).Kill9(ctx); err != nil {
		t.Fatal(err)
	}
	if left := sleepers(t, c); !slices.Equal(left, asleep) {
		t.Fatalf("after kill -9 of their NodeManager %v run; want %v", left, asleep)
	}
	stop(t, c)
	if left := sleepers(t, c); len(left) > 0 {
		t.Errorf("containers outlived the cluster: %v", left)
	}
}

// stop stops the cluster and checks that none of its daemons runs.
func stop(t *testing.T, c *hadoop.Cluster) {
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	for _, d := range c.Daemons() {
		if d.Alive() {
			t.Errorf("%s runs after Stop", d.Name)
		}
	}
}

// submitSleep submits an application whose master sleeps, by the ResourceManager's REST API.
func submitSleep(t *testing.T, c *hadoop.Cluster) {
	var made struct {
		ID string `json:"application-id"`
	}
	post(t, c, "/new-application", "", &made)
	post(t, c, "", fmt.Sprintf(`{"application-id":%q, "application-name":"sleep",
		"am-container-spec":{"commands":{"command":"sleep 600"}},
		"resource":{"memory":256, "vCores":1}}`, made.ID), nil)
}

func post(t *testing.T, c *hadoop.Cluster, path, body string, answer any) {
	t.Helper()
	address := c.WebAddress() + "/ws/v1/cluster/apps" + path + "?user.name=tester"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address,
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Close = true // leaves no goroutine behind
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("POST %s: %s", address, resp.Status)
	}
	if answer == nil {
		return
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}

// waitSleep waits until a container sleeps and returns the process ids of those that do.
func waitSleep(t *testing.T, c *hadoop.Cluster) []int {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for ctx := limited(t); ; {
		if pids := sleepers(t, c); len(pids) > 0 {
			return pids
		}
		select {
		case <-ctx.Done():
			t.Fatal("no container runs:", ctx.Err())
		case <-ticker.C:
		}
	}
}

func sleepers(t *testing.T, c *hadoop.Cluster) []int {
	t.Helper()
	processes, err := c.Processes()
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, p := range processes {
		if p.Container != "" && len(p.Args) > 0 && p.Args[0] == "sleep" {
			pids = append(pids, p.Pid)
		}
	}
	return pids
}
