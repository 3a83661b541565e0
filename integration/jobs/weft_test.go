package jobs

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

// A user has a cluster and runs programs.
type user struct {
	*testing.T
	cluster *hadoop.Cluster
	env     []string // hides what the test's own environment has
	nobody  bool     // runs programs without root's rights
}

func newUser(t *testing.T) *user {
	t.Helper()
	return &user{T: t, cluster: hadoop.Shared(t)}
}

// as is the same user with other variables of the environment.
func (u *user) as(env ...string) *user {
	other := *u
	other.env = append(slices.Clone(u.env), env...)
	return &other
}

// A running program of a user's; what it said may be read once it has ended.
type running struct {
	*user
	*testbed.Running
	stdout, stderr bytes.Buffer
}

// start runs a program as from the user's shell.
func (u *user) start(name string, args ...string) *running {
	u.Helper()
	r := &running{user: u}
	cmd := exec.Command(program(name), args...)
	cmd.Stdout, cmd.Stderr = &r.stdout, &r.stderr
	cmd.Env = append(testbed.Shell(u, u.cluster), u.env...)
	if u.nobody && os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	r.Running = testbed.Start(u, cmd)
	return r
}

// code waits for the end and returns the exit code, -1 after a signal.
func (r *running) code() int {
	r.Helper()
	if !r.Ends() {
		r.Fatalf("%v did not end\n%s%s", r.Cmd.Args, &r.stdout, &r.stderr)
	}
	return r.Cmd.ProcessState.ExitCode()
}

// weft runs the command and returns what it printed; it must succeed.
func (u *user) weft(args ...string) string {
	u.Helper()
	r := u.start("weft", args...)
	if code := r.code(); code != 0 {
		u.Fatalf("weft %v: exit code %d\n%s", args, code, &r.stderr)
	}
	return r.stdout.String()
}

// submission are the arguments of weft submit for a small application.
func submission(name, mode string, rest ...string) []string {
	return append([]string{"submit", "--master", "yarn", "--deploy-mode", mode, "--name", name,
		"--executor-memory", "192m", "--driver-memory", "192m"}, rest...)
}

// modes are the deploy modes.
var modes = []string{"cluster", "client"}

// until waits until happened says so.
func (u *user) until(what string, happened func() bool) {
	u.Helper()
	testbed.Until(u, what, happened)
}

// pipe sends the output of the first program through the others, with bytes in their order, and
// returns the lines that come out.
func pipe(t *testing.T, in string, programs ...[]string) []string {
	t.Helper()
	var cmds []*exec.Cmd
	var out bytes.Buffer
	for i, argv := range programs {
		cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		if cmd.Stdin = strings.NewReader(in); i > 0 {
			var err error
			if cmd.Stdin, err = cmds[i-1].StdoutPipe(); err != nil {
				t.Fatal(err)
			}
		}
		cmds = append(cmds, cmd)
	}
	cmds[len(cmds)-1].Stdout = &out
	var errs error
	for _, cmd := range cmds {
		errs = errors.Join(errs, cmd.Start())
	}
	for _, cmd := range slices.Backward(cmds) {
		errs = errors.Join(errs, cmd.Wait())
	}
	if errs != nil {
		t.Fatal(errs)
	}
	return lines(out.String())
}

// lines splits text that ends with a new line.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// unique is a name that no other run uses.
func unique(t *testing.T) string {
	return strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()) + "-" +
		time.Now().UTC().Format("150405.000")
}
