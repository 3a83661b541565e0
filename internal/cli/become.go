package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/handoff"
	"github.com/weft-data/weft/submit"
)

// become lets the program take this process's place: driver and executors of local and process
// masters, the driver of client mode. A child would be a second one to signal: ^C on a terminal
// goes to a whole process group, kill to one process, and a parent cannot tell which of the two
// reached it. As one process the program gets every signal exactly once, is stopped and continued
// by the shell as usual, and its exit code is ours.
func (e Env) become(c *conf.Conf, m handoff.Master, s handoff.Spec, program string,
	args []string) error {
	path, err := findProgram(program, m)
	if err != nil {
		return bad(err)
	}
	if m.Kind == handoff.Yarn {
		if _, err := e.hadoop(c); err != nil {
			return err
		}
	}
	spec, err := s.Encode()
	if err != nil {
		return bad(err)
	}
	environ := append(without(e.Environ, handoff.Env), handoff.Env+"="+spec)
	err = e.Exec(path, append([]string{program}, args...), environ)
	return badf("start %s: %w; %s", program, err, startAdvice(err))
}

// findProgram checks what can be checked before the program runs. Only executors on other machines
// need a static binary for Linux.
func findProgram(name string, m handoff.Master) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("find program %s: %w", name, err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("program %s does not exist; build it with go build, and give its path",
			name)
	case err != nil:
		return "", fmt.Errorf("find program: %w", err)
	case info.IsDir():
		return "", fmt.Errorf("program %s is a directory; give the file that go build made", name)
	case info.Mode()&0o111 == 0:
		return "", fmt.Errorf("program %s is not executable; build it with go build, or chmod +x it",
			name)
	}
	_, err = submit.CheckProgram(path)
	if m.Kind != handoff.Yarn && runsElsewhere(err) {
		return path, nil // the kernel knows better what runs here
	}
	return path, err
}

// runsElsewhere reports whether a program may be one for this machine only.
func runsElsewhere(err error) bool {
	return errors.Is(err, submit.ErrDynamic) || errors.Is(err, submit.ErrArch) ||
		errors.Is(err, submit.ErrNotProgram)
}

func startAdvice(err error) string {
	if errors.Is(err, syscall.ENOEXEC) {
		return "build it for this machine with go build"
	}
	return "check that it can be run by hand"
}

// without leaves one variable out.
func without(environ []string, name string) []string {
	out := make([]string, 0, len(environ)+1)
	for _, v := range environ {
		if !strings.HasPrefix(v, name+"=") {
			out = append(out, v)
		}
	}
	return out
}
