package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/internal/single"
)

// inherited are the variables of this process that executors get too. Everything else stays here:
// an environment is where people keep secrets.
var inherited = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "HADOOP_CONF_DIR",
	"YARN_CONF_DIR", "HADOOP_USER_NAME", "GODEBUG", "GOTRACEBACK", "GOMEMLIMIT", "GOMAXPROCS",
	"GOGC", "GOCOVERDIR",
}

type starter struct{ o Options }

// Start starts the process and hands it the identity.
func (s *starter) Start(_ containers.ID, l containers.Launch) (single.Running, error) {
	secret, err := l.Identity.Marshal()
	if err != nil {
		return nil, err
	}
	r := &running{tail: tail{to: s.o.Output}}
	r.cmd = exec.Command(s.o.Path, s.o.Args...)
	r.cmd.Env = s.environment(l)
	r.cmd.Stdout, r.cmd.Stderr = &r.tail, &r.tail
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// A grandchild may hold the output open after the executor's end.
	r.cmd.WaitDelay = time.Second
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := start(r.cmd, secret); err != nil {
		return nil, fmt.Errorf("start executor e%d: %w", l.Executor, err)
	}
	return r, nil
}

// start passes the secret through a pipe: it is smaller than a pipe's buffer, so that the write
// waits for nobody.
func start(cmd *exec.Cmd, secret []byte) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd.ExtraFiles = []*os.File{read}
	err = cmd.Start()
	if err == nil {
		_, err = write.Write(secret)
		if err != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			_ = cmd.Wait()
		}
	}
	return errors.Join(err, write.Close())
}

func (s *starter) environment(l containers.Launch) []string {
	var env []string
	for _, name := range inherited {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(append(env, s.o.Env...), l.Env()...)
}

// running is an executor's process.
type running struct {
	cmd   *exec.Cmd
	stdin io.Closer
	tail  tail
	mu    struct {
		sync.Mutex
		over bool // the process ended; its number may soon be another's
	}
}

// Stop closes its standard input, which it takes as the driver's end, and says so by a signal.
func (r *running) Stop() {
	_ = r.stdin.Close()
	r.signal(syscall.SIGTERM)
}

// Kill ends the process and all that it started.
func (r *running) Kill() { r.signal(syscall.SIGKILL) }

// signal reaches the whole group, while its number is certainly ours.
func (r *running) signal(s syscall.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.mu.over {
		_ = syscall.Kill(-r.cmd.Process.Pid, s)
	}
}

// ended kills what is left of the group and lets its number go.
func (r *running) ended() {
	r.signal(syscall.SIGKILL)
	r.mu.Lock()
	r.mu.over = true
	r.mu.Unlock()
}
