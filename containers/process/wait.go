package process

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/weft-data/weft/containers"
)

// Wait waits for the process, ends what is left of its group, and says how it ended.
func (r *running) Wait() containers.Completed {
	// The number of the group is ours until the leader is reaped: look without reaping first.
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_PID, r.cmd.Process.Pid, &info, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	r.ended()
	err := r.cmd.Wait()
	_ = r.stdin.Close()
	return r.completed(err)
}

func (r *running) completed(err error) containers.Completed {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return containers.Completed{
			Reason: containers.ReasonUnknown, ExitCode: -1, Diagnostics: err.Error(), CausedByApp: true,
		}
	}
	status, _ := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return containers.Completed{
			Reason: containers.ReasonKilled, ExitCode: 128 + int(status.Signal()), CausedByApp: true,
			Diagnostics: strings.TrimSpace(signalled(status.Signal()) + r.tail.String()),
		}
	}
	code := status.ExitStatus()
	end := containers.Completed{Reason: containers.ReasonExited, ExitCode: code}
	if code != 0 {
		end.CausedByApp, end.Diagnostics = true, r.tail.String()
	}
	return end
}

// signalled guesses at what the kernel does not say: nobody but it kills for memory without a word.
func signalled(s syscall.Signal) string {
	text := fmt.Sprintf("killed by signal %d (%s)", int(s), s)
	if s == syscall.SIGKILL {
		text += "; if nobody did this, the machine ran out of memory: " +
			"lower weft.executor.memory or the number of executors"
	}
	return text + "\n"
}
