package jobs

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/weft-data/weft/integration/testbed"
)

// partitions of the first stage of programs gated and later.
const partitions = 8

// gate is where a user's run of program gated or later waits.
type gate struct {
	*user
	testbed.Gate
}

func newGate(u *user) gate {
	u.Helper()
	return gate{u, testbed.NewGate(u)}
}

// halfway waits until one map task is done and one waits at the gate, both in one process, and
// returns that process.
func (g gate) halfway() (pid int) {
	g.Helper()
	g.until("a process with a task done and one that waits", func() bool {
		var done, waits []int
		for p := 0; p < partitions; p += 2 {
			done = append(done, g.Attempts(p)...)
			waits = append(waits, g.Attempts(p+1)...)
		}
		i := slices.IndexFunc(waits, func(pid int) bool { return slices.Contains(done, pid) })
		if i >= 0 {
			pid = waits[i]
		}
		return i >= 0
	})
	return pid
}

// begun is how many attempts of map tasks began.
func (g gate) begun() (n int) {
	for p := range partitions {
		n += len(g.Attempts(p))
	}
	return n
}

// right asserts that the output of a program is right.
func (g gate) right(out string) {
	g.Helper()
	got := lines(g.parts(out))
	if slices.Sort(got); !slices.Equal(got, testbed.Sums(partitions)) {
		g.Errorf("sums %q", got)
	}
}

func TestLostExecutorChangesNothing(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			g, name := newGate(newUser(t)), unique(t)
			out := g.scratch() + "/out"
			r := g.start("weft", submission(name, mode, "--executor-cores", "2", program("gated"), g.Dir,
				strconv.Itoa(partitions), out)...)
			victim := g.halfway()
			if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			g.Open()
			if code := r.code(); code != 0 {
				t.Fatalf("exit code %d\n%s", code, &r.stderr)
			}
			g.right(out)
			if n := g.begun(); n <= partitions {
				t.Errorf("%d attempts of %d tasks: nothing was lost", n, partitions)
			}
			log := r.stderr.String()
			if mode == "cluster" {
				log = g.weft("logs", g.applications(name)[0].ID)
			}
			if !strings.Contains(log, "executor lost") || !strings.Contains(log, "137") {
				t.Errorf("no word of the lost executor in\n%s", log)
			}
			g.noneLeft(name)
		})
	}
}

func TestApplicationOutlivesItsClient(t *testing.T) {
	g, name := newGate(newUser(t)), unique(t)
	out := g.scratch() + "/out"
	r := g.start("weft", submission(name, "cluster", "--executor-cores", "2", program("gated"), g.Dir,
		strconv.Itoa(partitions), out)...)
	g.halfway()
	r.Kill()
	g.Open()
	if a := g.application(name, application.ended); a.State != "FINISHED" || a.Final != "SUCCEEDED" {
		t.Errorf("%+v", a)
	}
	g.right(out)
	g.noneLeft(name)
}

func TestInterruptedClientLeavesNothing(t *testing.T) {
	g, name := newGate(newUser(t)), unique(t)
	dir := g.scratch()
	out, staging := dir+"/out", dir+"/staging"
	r := g.start("weft", submission(name, "client", "--conf", "weft.yarn.stagingDir="+staging,
		"--executor-cores", "2", program("gated"), g.Dir, strconv.Itoa(partitions), out)...)
	g.halfway()
	if err := syscall.Kill(-r.Cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := r.code(); code != 130 {
		t.Errorf("exit code %d\n%s", code, &r.stderr)
	}
	if a := g.application(name, application.ended); a.Final != "KILLED" && a.Final != "FAILED" {
		t.Errorf("%+v", a)
	}
	g.noneLeft(name)
	g.absent(out)
	if left := g.staged(staging); len(left) != 1 || !strings.HasSuffix(left[0], "/program") {
		t.Errorf("staged %q", left)
	}
}

// TestCommandsOnApplications follows one application from its first task to its logs.
func TestCommandsOnApplications(t *testing.T) {
	g, name := newGate(newUser(t)), unique(t)
	out := g.scratch() + "/out"
	id := strings.TrimSpace(g.weft(submission(name, "cluster", "--detach", "--executor-cores", "2",
		program("gated"), g.Dir, strconv.Itoa(partitions), out)...))
	g.halfway()
	for _, c := range []struct {
		says string
		args []string
	}{
		{id + "  " + name, []string{"list"}},
		{"RUNNING", []string{"status", id}},
		{"==> container_", []string{"logs", id}},
		{id + " killed", []string{"kill", id, "--reason", "seen enough"}},
		{id + " had ended before: KILLED", []string{"kill", id}},
		{"seen enough", []string{"status", id}},
		{id + "  " + name, []string{"list", "--all", "--state", "KILLED"}},
	} {
		if said := g.weft(c.args...); !strings.Contains(said, c.says) {
			t.Errorf("weft %v: no %q in\n%s", c.args, c.says, said)
		}
	}
	if said := g.weft("list"); strings.Contains(said, id) {
		t.Errorf("killed, and still listed\n%s", said)
	}
	g.noneLeft(name)
	g.absent(out + "/_SUCCESS")
}

func TestProcessesSurviveALostExecutor(t *testing.T) {
	g := newGate(newUser(t))
	out := "file://" + filepath.Join(g.Dir, "out")
	r := g.start("weft", "submit", "--master", "process[2]", "--executor-cores", "2", "--executor-memory",
		"192m", program("gated"), g.Dir, strconv.Itoa(partitions), out)
	if err := syscall.Kill(g.halfway(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	g.Open()
	if code := r.code(); code != 0 || !strings.Contains(r.stderr.String(), "executor lost") {
		t.Errorf("exit code %d\n%s", code, &r.stderr)
	}
	g.right(out)
}
