package hadoop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

func hasMark(env []byte, dir string) bool { return variable(env, markName) == dir }

// variable is the value of a variable in an environment as the kernel shows it, or "".
func variable(env []byte, name string) string {
	for v := range bytes.SplitSeq(env, []byte{0}) {
		if value, found := bytes.CutPrefix(v, []byte(name+"=")); found {
			return string(value)
		}
	}
	return ""
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

// A Process belongs to a cluster: a daemon, a container's shell or program, or what it left.
type Process struct {
	Pid       int
	Container string   // YARN's container id; empty for a daemon
	Args      []string // the command line
}

// Kill9 ends the process as a crash would.
func (p Process) Kill9() error { return signal(p.Pid, unix.SIGKILL) }

// processes are all that carry the mark of the cluster in dir, in the order of their ids.
// The calling process, which may run inside a container, is not among them.
func processes(dir string) ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if env, err := environment(pid); err == nil && hasMark(env, dir) {
			found = append(found, Process{pid, variable(env, "CONTAINER_ID"), arguments(pid)})
		}
	}
	slices.SortFunc(found, func(a, b Process) int { return cmp.Compare(a.Pid, b.Pid) })
	return found, nil
}

func arguments(pid int) []string {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
}

// killAll ends every process of the cluster in dir with -9 and waits until none is left.
// Killing is repeated, because a NodeManager or a shell may start one more before it ends.
func killAll(ctx context.Context, dir string) error {
	return poll(ctx, func() (bool, error) {
		left, err := processes(dir)
		for _, p := range left {
			err = errors.Join(err, p.Kill9())
			alive(p.Pid, dir)
		}
		return len(left) == 0, err
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
