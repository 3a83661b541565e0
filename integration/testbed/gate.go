package testbed

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// MakePipe makes a named pipe. A process that opens it for reading waits until OpenPipe.
func MakePipe(t testing.TB, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Fatal(err)
	}
}

// OpenPipe lets everybody go on who waits at the pipe, and who comes to it until the test ends.
func OpenPipe(t testing.TB, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
}

// A Gate is where programs gated and later of package jobs wait, and where their map tasks leave
// marks.
type Gate struct {
	Dir string // on this machine, the programs' first argument
	t   testing.TB
}

// NewGate makes a gate, which is shut.
func NewGate(t testing.TB) Gate {
	t.Helper()
	g := Gate{t.TempDir(), t}
	MakePipe(t, g.pipe())
	return g
}

func (g Gate) pipe() string { return filepath.Join(g.Dir, "gate") }

// Open lets everybody through, now and from then on.
func (g Gate) Open() {
	g.t.Helper()
	OpenPipe(g.t, g.pipe())
}

// Attempts are the ids of the processes that ran the attempts of a map task.
func (g Gate) Attempts(partition int) (pids []int) {
	g.t.Helper()
	files, err := filepath.Glob(filepath.Join(g.Dir, fmt.Sprintf("map-%d-*", partition)))
	if err != nil {
		g.t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			g.t.Fatal(err)
		}
		if pid, err := strconv.Atoi(string(text)); err == nil { // half written otherwise
			pids = append(pids, pid)
		}
	}
	return pids
}

// Sums is the right output of programs gated and later of package jobs, sorted.
func Sums(partitions int) []string {
	totals := make([]int, 10)
	for n := range partitions * 1000 {
		totals[n%10] += n
	}
	out := make([]string, 10)
	for i, total := range totals {
		out[i] = fmt.Sprintf("%d\t%d", i, total)
	}
	return out
}
