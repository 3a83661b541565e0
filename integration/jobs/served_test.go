package jobs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// served is a run of a program whose map outputs are with the shuffle services of the nodes.
type served struct {
	gate
	run       *running
	name, out string
}

func startServed(t *testing.T, name, mode string, settings ...string) served {
	t.Helper()
	s := served{gate: newGate(newUser(t)), name: unique(t)}
	s.out = s.scratch() + "/out"
	args := []string{"--conf", "weft.shuffle.service.enabled=true"}
	for _, setting := range settings {
		args = append(args, "--conf", setting)
	}
	s.run = s.start("weft", submission(s.name, mode, append(args,
		program(name), s.Dir, strconv.Itoa(partitions), s.out)...)...)
	return s
}

// startLater returns when all map tasks are done; the second job reads their outputs once the gate
// is open.
func startLater(t *testing.T, mode string, settings ...string) served {
	t.Helper()
	s := startServed(t, "later", mode, settings...)
	s.until("the first job", func() bool {
		_, err := os.Stat(filepath.Join(s.Dir, "counted"))
		return err == nil
	})
	return s
}

// succeeds asserts that the application ends well, with the right rows.
func (s served) succeeds() {
	s.Helper()
	if code := s.run.code(); code != 0 {
		s.Fatalf("exit code %d\n%s", code, &s.run.stderr)
	}
	s.right(s.out)
	s.noneLeft(s.name)
}

// ends asserts besides that each map task ran once.
func (s served) ends() {
	s.Helper()
	s.succeeds()
	if n := s.begun(); n != partitions {
		s.Errorf("%d attempts of %d map tasks", n, partitions)
	}
}

// lostNothing asserts that the driver, in the client, told of no loss.
func (s served) lostNothing() {
	s.Helper()
	if strings.Contains(s.run.stderr.String(), "lost") {
		s.Errorf("something was lost\n%s", &s.run.stderr)
	}
}

// TestOutputsOutliveTheirExecutors covers S108, S122, S123 and S124 on a real YARN: all executors are
// given back after the map stage, and those that come for the second job read every row from the
// shuffle services, without a map task running again.
func TestOutputsOutliveTheirExecutors(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			s := startLater(t, mode, "weft.dynamicAllocation.enabled=true",
				"weft.dynamicAllocation.executorIdleTimeout=1s")
			own := 0 // containers beside the executors'
			if mode == "cluster" {
				own = 1
			}
			a := s.application(s.name, func(a application) bool { return a.Containers == own || a.ended() })
			if a.Containers != own {
				t.Fatalf("the executors are not given back: %+v", a)
			}
			s.Open()
			s.ends()
		})
	}
}

// TestKilledExecutorsLeaveTheirOutputs is the same with executors that are killed.
func TestKilledExecutorsLeaveTheirOutputs(t *testing.T) {
	s := startLater(t, "client")
	victims := map[int]bool{}
	for p := range partitions {
		for _, pid := range s.Attempts(p) {
			victims[pid] = true
		}
	}
	for pid := range victims {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	s.Open()
	s.ends()
	if !strings.Contains(s.run.stderr.String(), "executor lost") {
		t.Errorf("no executor was lost\n%s", &s.run.stderr)
	}
}

// TestKilledShuffleServersAreWaitedFor kills the servers of all nodes when the second job begins: no
// task fails, because they are back within the patience of those who fetch.
func TestKilledShuffleServersAreWaitedFor(t *testing.T) {
	s := startLater(t, "client")
	for i := range s.cluster.Nodes {
		server, err := s.cluster.ShuffleServer(i)
		if err != nil || server.Pid == 0 {
			t.Fatalf("node %d: %+v, %v", i, server, err)
		}
		if err := syscall.Kill(server.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	s.Open()
	s.ends()
	s.lostNothing()
}
