//go:build docker

package docker

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"
)

// The folder that hosts see as /work, here, and the one in it with the programs of the tests.
var shared, programs string

// inside is the path on a host of what lies in the shared folder.
func inside(name string) string { return path.Join("/work", name) }

// program is the path on a host of a program built for the tests.
func program(name string) string { return inside(path.Join(filepath.Base(programs), name)) }

func TestMain(m *testing.M) {
	code, err := withPrograms(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withPrograms(run func() int) (code int, err error) {
	shared, err = filepath.Abs(cmp.Or(os.Getenv("WEFT_WORK"), "../../build/docker"))
	if err != nil {
		return 0, err
	}
	if programs, err = os.MkdirTemp(shared, "programs-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(programs)
	if err := os.Chmod(programs, 0o755); err != nil {
		return 0, err
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", programs+"/",
		"../jobs/testdata/programs/gated", "./testdata/programs/lines")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%v: %w: %s", build.Args, err, said)
	}
	return run(), nil
}
