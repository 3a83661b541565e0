package negotiation

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs holds what TestMain has built.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("", "weft-negotiation-"); err == nil {
		defer os.RemoveAll(programs)
		err = errors.Join(build("weft", "../../cmd/weft"),
			build("gated", "../jobs/testdata/programs/gated"),
			build("kinds", "./testdata/programs/kinds"),
			build("refused", "./testdata/programs/refused"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build makes the static program of a package.
func build(name, pkg string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program(name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", pkg, err, said)
	}
	return nil
}

func program(name string) string { return filepath.Join(programs, name) }
