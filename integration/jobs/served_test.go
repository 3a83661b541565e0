package jobs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// later is a run of program later with the shuffle service of the nodes.
type later struct {
	gate
	run       *running
	name, out string
}

func startLater(t *testing.T, mode string, settings ...string) later {
	t.Helper()
	l := later{gate: gate{newUser(t), t.TempDir()}, name: unique(t)}
	l.out = l.scratch() + "/out"
	if err := syscall.Mkfifo(filepath.Join(l.dir, "next"), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"--conf", "weft.shuffle.service.enabled=true"}
	for _, s := range settings {
		args = append(args, "--conf", s)
	}
	l.run = l.start("weft", submission(l.name, mode, append(args,
		program("later"), l.dir, strconv.Itoa(partitions), l.out)...)...)
	l.until("the first job", func() bool {
		_, err := os.Stat(filepath.Join(l.dir, "counted"))
		return err == nil
	})
	return l
}

// goOn lets the second job begin.
func (l later) goOn() {
	l.Helper()
	f, err := os.OpenFile(filepath.Join(l.dir, "next"), os.O_RDWR, 0)
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { f.Close() })
}

// ends asserts that the application ends well, with the right rows, and that each map task ran once
// in both jobs.
func (l later) ends() {
	l.Helper()
	if code := l.run.code(); code != 0 {
		l.Fatalf("exit code %d\n%s", code, &l.run.stderr)
	}
	l.right(l.out)
	if n := l.attempts(); n != partitions {
		l.Errorf("%d attempts of %d map tasks", n, partitions)
	}
	l.noneLeft(l.name)
}

// TestOutputsOutliveTheirExecutors covers S108, S122, S123 and S124 on a real YARN: all executors are
// given back after the map stage, and those that come for the second job read every row from the
// shuffle services, without a map task running again.
func TestOutputsOutliveTheirExecutors(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			l := startLater(t, mode, "weft.dynamicAllocation.enabled=true",
				"weft.dynamicAllocation.executorIdleTimeout=1s")
			own := 0 // containers beside the executors'
			if mode == "cluster" {
				own = 1
			}
			a := l.application(l.name, func(a application) bool { return a.Containers == own || a.ended() })
			if a.Containers != own {
				t.Fatalf("the executors are not given back: %+v", a)
			}
			l.goOn()
			l.ends()
		})
	}
}

// TestKilledExecutorsLeaveTheirOutputs is the same with executors that are killed.
func TestKilledExecutorsLeaveTheirOutputs(t *testing.T) {
	l := startLater(t, "client")
	victims := map[int]bool{}
	for p := range partitions {
		for _, pid := range l.passed(p) {
			victims[pid] = true
		}
	}
	for pid := range victims {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	l.goOn()
	l.ends()
	if !strings.Contains(l.run.stderr.String(), "executor lost") {
		t.Errorf("no executor was lost\n%s", &l.run.stderr)
	}
}

// TestKilledShuffleServersAreWaitedFor kills the servers of all nodes when the second job begins: no
// task fails, because they are back within the patience of those who fetch.
func TestKilledShuffleServersAreWaitedFor(t *testing.T) {
	l := startLater(t, "client")
	for i := range l.cluster.Nodes {
		server, err := l.cluster.ShuffleServer(i)
		if err != nil || server.Pid == 0 {
			t.Fatalf("node %d: %+v, %v", i, server, err)
		}
		if err := syscall.Kill(server.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	l.goOn()
	l.ends()
	if strings.Contains(l.run.stderr.String(), "lost") {
		t.Errorf("something was lost\n%s", &l.run.stderr)
	}
}
