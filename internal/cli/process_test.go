package cli

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// build makes the real command.
func build(t *testing.T) string {
	t.Helper()
	weft := filepath.Join(t.TempDir(), "weft")
	const source = "github.com/weft-data/weft/cmd/weft"
	out, err := exec.Command("go", "build", "-o", weft, source).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return weft
}

func TestTheProgramGetsStreamsSignalsAndExitCodeAsIfStartedByHand(t *testing.T) {
	w := newWorld(t)
	script := w.file("program", `#!/bin/sh
n=0
trap 'n=$((n+1)); echo interrupted $n' INT
echo "$$ $# $1 $2" "${WEFT_SUBMIT:+has settings}"
echo warned >&2
while ! read line || [ "$line" != quit ]; do :; done
exit 42
`, 0o755)
	cmd := exec.Command(build(t), "submit", "--master", "local[2]", script, "--a b", "-c")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a job of its own, as a shell makes it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	next := func(want string) {
		t.Helper()
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
	}
	next(fmt.Sprintf("%d 2 --a b -c has settings", cmd.Process.Pid))
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil { // ^C reaches the group
		t.Fatal(err)
	}
	next("interrupted 1")
	if err := syscall.Kill(cmd.Process.Pid, syscall.SIGINT); err != nil { // kill -INT reaches one
		t.Fatal(err)
	}
	next("interrupted 2")
	if _, err := io.WriteString(stdin, "quit\n"); err != nil {
		t.Fatal(err)
	}
	if lines.Scan() {
		t.Errorf("then %q", lines.Text())
	}
	err = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 42 || stderr.String() != "warned\n" {
		t.Errorf("%v, stderr %q", err, stderr.String())
	}
}
