package hadoop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// markName is the environment variable that every process of a cluster carries, with the
// cluster's Options.Dir.
const markName = "WEFT_CLUSTER_DIR"

func mark(dir string) string { return markName + "=" + dir }

// alive says whether pid runs and belongs to the cluster in dir. An ended child of ours is
// reaped on the way, so no goroutine need wait for each daemon.
func alive(pid int, dir string) bool {
	if pid == 0 {
		return false
	}
	var status unix.WaitStatus
	if reaped, _ := unix.Wait4(pid, &status, unix.WNOHANG, nil); reaped == pid {
		return false
	}
	env, err := environment(pid)
	if err == nil && len(env) == 0 {
		return inExec(pid)
	}
	return err == nil && hasMark(env, dir)
}

func environment(pid int) ([]byte, error) {
	return os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
}

func hasMark(env []byte, dir string) bool {
	want := []byte(mark(dir))
	for variable := range bytes.SplitSeq(env, []byte{0}) {
		if bytes.Equal(variable, want) {
			return true
		}
	}
	return false
}

// inExec says whether a process without an environment is on its way through exec, where the
// kernel shows none for a moment; otherwise it is a zombie.
func inExec(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	_, afterName, _ := bytes.Cut(stat, []byte(") "))
	return !bytes.HasPrefix(afterName, []byte("Z")) && !bytes.HasPrefix(afterName, []byte("X"))
}

// processes are all that carry the mark of the cluster in dir, in the order of their ids.
// The calling process, which may run inside a container, is not among them.
func processes(dir string) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if env, err := environment(pid); err == nil && hasMark(env, dir) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// killAll ends every process of the cluster in dir with -9 and waits until none is left.
// Killing is repeated, because a NodeManager or a shell may start one more before it ends.
func killAll(ctx context.Context, dir string) error {
	return poll(ctx, func() (bool, error) {
		pids, err := processes(dir)
		if err != nil || len(pids) == 0 {
			return true, err
		}
		for _, pid := range pids {
			if err := signal(pid, unix.SIGKILL); err != nil {
				return true, err
			}
			alive(pid, dir)
		}
		return false, nil
	})
}

// signal sends sig to pid; a process that has just gone is no error.
func signal(pid int, sig unix.Signal) error {
	if err := unix.Kill(pid, sig); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("send %s to process %d: %w", sig, pid, err)
	}
	return nil
}

// spawn starts a process in a session of its own, so that it outlives this one and no ^C reaches
// it, with standard output and error appended to the file log.
func spawn(argv, env []string, log string) (pid int, err error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	p, err := os.StartProcess(argv[0], argv, &os.ProcAttr{
		Dir:   filepath.Dir(log),
		Env:   env,
		Files: []*os.File{nil, out, out},
		Sys:   &unix.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", argv[0], err)
	}
	pid = p.Pid // Release forgets it
	return pid, p.Release()
}

// lastLines is the end of a daemon's log, where it says why it ended.
func lastLines(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
