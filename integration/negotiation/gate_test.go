package negotiation

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-data/weft/integration/testbed"
)

// partitions of program gated; those with odd numbers wait at the gate.
const partitions = 8

// gate is where the map tasks of program gated leave their marks, and wait.
type gate struct {
	*bed
	testbed.Gate
}

func (b *bed) gate() gate {
	b.Helper()
	return gate{b, testbed.NewGate(b)}
}

// start submits the program with executors of 256 MB and one core each.
func (g gate) start(executors int, args ...string) *job {
	g.Helper()
	all := append([]string{"--executor-memory", "192m", "--num-executors", strconv.Itoa(executors),
		"--conf", "weft.yarn.stagingDir=" + g.staging,
		"--conf", "weft.scheduler.minRegisteredResourcesRatio=1"}, args...) // a task for each
	return g.submit(append(all, program("gated"), g.Dir, strconv.Itoa(partitions), g.Dir+"/out")...)
}

// waiting waits until each partition has been begun.
func (g gate) waiting() {
	g.Helper()
	g.until("all tasks to be done or at the gate", func() bool {
		for p := range partitions {
			if len(g.Attempts(p)) == 0 {
				return false
			}
		}
		return true
	})
}

// hostOf is the NodeManager of the container in which a process runs.
func (g gate) hostOf(pid int) string { return g.env(pid, "NM_HOST") }

// env is what a variable was set to when a process in a container began.
func (g gate) env(pid int, name string) string {
	g.Helper()
	env, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil {
		g.Fatal(err)
	}
	for v := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := strings.CutPrefix(string(v), name+"="); ok {
			return value
		}
	}
	g.Fatalf("process %d has no %s", pid, name)
	return ""
}
