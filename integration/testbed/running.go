package testbed

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/weft-data/weft/integration/hadoop"
)

// Shell is the environment of a user who has a cluster and nothing else: it hides what the test's
// own has.
func Shell(t testing.TB, c *hadoop.Cluster) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
		"HADOOP_CONF_DIR=" + c.ConfDir()}
}

// Running is a program in a process group of its own, as a shell starts it. What it wrote may be
// read once it has ended.
type Running struct {
	Cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts a program that ends with the test at the latest.
func Start(t testing.TB, cmd *exec.Cmd) *Running {
	t.Helper()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &Running{cmd, make(chan struct{})}
	go func() {
		defer close(r.ended)
		_ = cmd.Wait() // the state is in cmd.ProcessState
	}()
	t.Cleanup(r.Kill)
	return r
}

// Kill ends the program and those it started as a crash would.
func (r *Running) Kill() {
	_ = syscall.Kill(-r.Cmd.Process.Pid, syscall.SIGKILL) // it may have ended
	<-r.ended
}

// Ends waits for the end; false says that it did not come within Patience, and the program is
// killed.
func (r *Running) Ends() bool {
	select {
	case <-r.ended:
		return true
	case <-time.After(Patience):
		r.Kill()
		return false
	}
}
