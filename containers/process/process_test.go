package process_test

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/resource"
)

// TestMain is also the executors that the tests start.
func TestMain(m *testing.M) {
	if os.Getenv(containers.EnvRole) == containers.RoleExecutor {
		os.Exit(containerstest.Play(containerstest.Behaviour(os.Getenv("TEST_BEHAVIOUR"))))
	}
	goleak.VerifyTestMain(m)
}

func TestClusterKeepsTheContract(t *testing.T) {
	containerstest.Run(t, containerstest.System{
		Resource: resource.Make(256, 1),
		New: func(t *testing.T, b containerstest.Behaviour) containers.Cluster {
			return cluster(t, b, nil)
		},
	})
}

func cluster(t *testing.T, b containerstest.Behaviour, out io.Writer) containers.Cluster {
	c, err := process.New(process.Options{
		Dirs: []string{t.TempDir()}, Env: []string{"TEST_BEHAVIOUR=" + string(b)}, Output: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A process that somebody kills is told from one that ended, and the identity has reached it.
func TestKilledProcessIsReportedAsKilled(t *testing.T) {
	read, write := io.Pipe()
	c := cluster(t, containerstest.Wait, write)
	events := make(chan containers.Event, 10)
	if err := c.Start(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	id := containerstest.LaunchOne(t, c, events)
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if want := "executor 7 " + id.String() + "\n"; !strings.HasSuffix(line, want) {
		t.Errorf("the executor says %q, want %q", line, want)
	}
	pid, err := strconv.Atoi(strings.Fields(line)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	end := (<-events).(containers.Completed)
	if end.Reason != containers.ReasonKilled || end.ExitCode != 137 || !end.CausedByApp ||
		!strings.Contains(end.Diagnostics, "signal 9") {
		t.Errorf("%+v", end)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}

func TestProgramThatCannotStartIsReported(t *testing.T) {
	c, err := process.New(process.Options{Path: "/nonexistent/program", Dirs: []string{t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan containers.Event, 10)
	if err := c.Start(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	containerstest.LaunchOne(t, c, events)
	end := (<-events).(containers.Completed)
	if end.Reason != containers.ReasonStartFailed || !strings.Contains(end.Diagnostics, "/nonexistent/program") {
		t.Errorf("%+v", end)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}
