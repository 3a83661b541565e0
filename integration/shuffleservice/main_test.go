package shuffleservice

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

func TestMain(m *testing.M) { os.Exit(hadoop.Main(m)) }

// A node is one NodeManager with its shuffle service.
type node struct {
	*testing.T
	cluster *hadoop.Cluster
	i       int
}

func (n node) manager() *hadoop.Daemon { return n.cluster.NodeManager(n.i) }

// server waits for the service's process, another one than old.
func (n node) server(old int) hadoop.Process {
	n.Helper()
	var p hadoop.Process
	testbed.Until(n.T, "the shuffle service runs", func() bool {
		var err error
		if p, err = n.cluster.ShuffleServer(n.i); err != nil {
			n.Fatal(err)
		}
		return p.Pid != 0 && p.Pid != old
	})
	return p
}

// killManager ends the NodeManager as a crash would, and waits for the end of the service: on a busy
// machine the old one would else be taken for the new one's.
func (n node) killManager() {
	n.Helper()
	server := n.server(0)
	if err := n.manager().Kill9(n.Context()); err != nil {
		n.Fatal(err)
	}
	testbed.Until(n, "the server ends with its NodeManager", func() bool { return !runs(server) })
}

// startManager starts the NodeManager and waits until the ResourceManager hears of it.
func (n node) startManager() {
	n.Helper()
	if err := n.manager().Start(); err != nil {
		n.Fatal(err)
	}
	if err := n.cluster.WaitNode(n.Context(), n.manager(), hadoop.Running); err != nil {
		n.Fatal(err)
	}
}

// A mark is a place in the NodeManager's log: what follows it is news.
type mark struct {
	node
	offset int64
}

// mark is the log's present end.
func (n node) mark() mark {
	n.Helper()
	info, err := os.Stat(n.manager().LogFile())
	if err != nil {
		n.Fatal(err)
	}
	return mark{n, info.Size()}
}

// text is what was logged since.
func (m mark) text() string {
	m.Helper()
	f, err := os.Open(m.manager().LogFile())
	if err != nil {
		m.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, m.offset, 1<<30))
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

// waits until one line holds all the words, and returns it.
func (m mark) waits(words ...string) string {
	m.Helper()
	var found string
	testbed.Until(m.T, fmt.Sprintf("the NodeManager logs %q", words), func() bool {
		for line := range strings.Lines(m.text()) {
			if containsAll(line, words) {
				found = line
			}
		}
		return found != ""
	})
	return found
}

func containsAll(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

// runs says whether a process has not ended; one that nobody has waited for has no arguments.
func runs(p hadoop.Process) bool {
	args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid))
	return err == nil && len(args) > 0
}
