//go:build docker

package docker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// longest is how long a test waits for one event or command.
const longest = 4 * time.Minute

// run runs a program of this machine and returns what it wrote.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), longest) // also to clean up
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// weft runs a command line on the host edge.
func weft(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, "docker", append([]string{"exec", "weft-edge", "weft"}, args...)...)
}

// until waits until happened says so.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), longest) // as run
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not in %s", what, longest)
		}
	}
}

// subnet is the first three numbers of all addresses.
var subnet = cmp.Or(os.Getenv("WEFT_SUBNET"), "172.30.84")

// ask reads a page of the ResourceManager.
func ask(t *testing.T, page string, into any) {
	t.Helper()
	read(t, fmt.Sprintf("http://%s.11:8088/ws/v1/cluster/%s", subnet, page), into)
}

func read(t *testing.T, url string, into any) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// awaitDataNodes waits until the NameNode has both DataNodes.
func awaitDataNodes(t *testing.T) {
	t.Helper()
	url := fmt.Sprintf("http://%s.10:9870/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState", subnet)
	until(t, "two DataNodes", func() bool {
		var page struct {
			Beans []struct {
				Live int `json:"NumLiveDataNodes"`
			} `json:"beans"`
		}
		read(t, url, &page)
		return len(page.Beans) == 1 && page.Beans[0].Live == 2
	})
}

// awaitState waits until the ResourceManager says that a NodeManager has a state.
func awaitState(t *testing.T, h host, state string) {
	t.Helper()
	until(t, fmt.Sprintf("%s %s", h, state), func() bool {
		var page struct {
			Nodes struct {
				Node []struct {
					Host  host   `json:"nodeHostName"`
					State string `json:"state"`
				} `json:"node"`
			} `json:"nodes"`
		}
		ask(t, "nodes", &page)
		for _, n := range page.Nodes.Node {
			if n.Host == h && n.State == state {
				return true
			}
		}
		return false
	})
}
