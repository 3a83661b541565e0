package shuffleservice

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/integration/hadoop"
)

// memory is what the NodeManager's JVM uses.
type memory struct {
	heap    int64 // after a collection
	direct  int64 // outside of the heap, by Java's own account
	threads int64
}

// measure collects the JVM's garbage and asks it.
func (n node) measure() memory {
	n.Helper()
	pid := strconv.Itoa(n.manager().Pid())
	if said, err := exec.Command("jcmd", pid, "GC.run").CombinedOutput(); err != nil {
		n.Fatalf("jcmd %s GC.run (of a JDK): %v: %s", pid, err, said)
	}
	var heap struct{ HeapMemoryUsage struct{ Used int64 } }
	var threads struct{ ThreadCount int64 }
	var direct struct{ MemoryUsed int64 }
	n.bean("java.lang:type=Memory", &heap)
	n.bean("java.lang:type=Threading", &threads)
	n.bean("java.nio:type=BufferPool,name=direct", &direct)
	return memory{heap.HeapMemoryUsage.Used, direct.MemoryUsed, threads.ThreadCount}
}

// bean reads one of the JVM's beans by the NodeManager's JMX servlet.
func (n node) bean(name string, to any) {
	n.Helper()
	address := n.cluster.NodeWebAddress(n.i) + "/jmx?" + url.Values{"qry": {name}}.Encode()
	resp, err := http.Get(address)
	if err != nil {
		n.Fatal(err)
	}
	defer resp.Body.Close()
	var beans struct{ Beans []json.RawMessage }
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &beans)
	}
	if err != nil || len(beans.Beans) != 1 {
		n.Fatalf("%s: %v: %s", address, err, body)
	}
	if err := json.Unmarshal(beans.Beans[0], to); err != nil {
		n.Fatal(err)
	}
}

// TestNodeManagersMemoryStaysWhileGigabytesAreServed reads 2 GiB over eight connections.
func TestNodeManagersMemoryStaysWhileGigabytesAreServed(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	at := a.write(s, 0, make([]byte, 64<<10)) // 64 MB
	a.served(s.node)
	a.reads(at)
	before := s.measure()
	var readers errgroup.Group
	for range 8 {
		readers.Go(func() error {
			for range 4 {
				if n, err := a.read(at); err != nil || n != records {
					return fmt.Errorf("read %d records: %w", n, err)
				}
			}
			return nil
		})
	}
	if err := readers.Wait(); err != nil {
		t.Fatal(err)
	}
	after := s.measure()
	t.Logf("before %+v, after %+v", before, after)
	if after.heap > before.heap+8<<20 || after.direct > before.direct+1<<20 ||
		after.threads > before.threads+10 {
		t.Errorf("the NodeManager grew: before %+v, after %+v", before, after)
	}
}
