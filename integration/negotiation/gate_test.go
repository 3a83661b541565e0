package negotiation

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// partitions of program gated; those with odd numbers wait at the gate.
const partitions = 8

// gate is the directory where program gated leaves its marks, and waits.
type gate struct {
	*bed
	dir string
}

func (b *bed) gate() gate {
	b.Helper()
	g := gate{b, b.TempDir()}
	if err := syscall.Mkfifo(filepath.Join(g.dir, "gate"), 0o666); err != nil {
		b.Fatal(err)
	}
	return g
}

// start submits the program with executors of 256 MB and one core each.
func (g gate) start(executors int, args ...string) *job {
	g.Helper()
	all := append([]string{"--executor-memory", "192m", "--num-executors", strconv.Itoa(executors),
		"--conf", "weft.yarn.stagingDir=" + g.staging,
		"--conf", "weft.scheduler.minRegisteredResourcesRatio=1"}, args...) // a task for each
	return g.submit(append(all, program("gated"), g.dir, strconv.Itoa(partitions), g.dir+"/out")...)
}

// open lets every task through, now and later.
func (g gate) open() {
	g.Helper()
	f, err := os.OpenFile(filepath.Join(g.dir, "gate"), os.O_RDWR, 0)
	if err != nil {
		g.Fatal(err)
	}
	g.Cleanup(func() { f.Close() })
}

// attempts are the processes that ran a partition's attempts.
func (g gate) attempts(partition int) (pids []int) {
	g.Helper()
	files, err := filepath.Glob(filepath.Join(g.dir, fmt.Sprintf("map-%d-*", partition)))
	if err != nil {
		g.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			g.Fatal(err)
		}
		if pid, err := strconv.Atoi(string(text)); err == nil { // half written otherwise
			pids = append(pids, pid)
		}
	}
	return pids
}

// waiting waits until each partition has been begun.
func (g gate) waiting() {
	g.Helper()
	g.until("all tasks to be done or at the gate", func() bool {
		for p := range partitions {
			if len(g.attempts(p)) == 0 {
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
