package hadoop_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	if _, err := c.HDFS(ctx, "-put", "-f", local, "/tmp/located"); err != nil {
		t.Fatal(err)
	}
	blockHosts, err := c.BlockHosts(ctx, "/tmp/located")
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
	if _, err := c.HDFS(ctx, "-put", "-f", local, "/tmp/words"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.MapReduce(ctx, "wordcount", "/tmp/words", "/tmp/counts"); err != nil {
		t.Fatal(err)
	}
	got, err := c.HDFS(ctx, "-cat", "/tmp/counts/part-r-*")
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
	defer stopped(t, c)
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

// stopped stops the cluster and checks that a process left over by a container goes with it.
func stopped(t *testing.T, c *hadoop.Cluster) {
	orphan := exec.Command("sleep", "60")
	orphan.Env = append(os.Environ(), "WEFT_CLUSTER_DIR="+c.Dir) // as a NodeManager passes it on
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if orphan.Wait() == nil {
		t.Error("a process that carries the cluster's mark outlived it")
	}
	for _, d := range c.Daemons() {
		if d.Alive() {
			t.Errorf("%s runs after Stop", d.Name)
		}
	}
}
