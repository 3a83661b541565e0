package yarn

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/integration/hadoop"
)

// programs holds what TestMain has built.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("", "weft-yarn-"); err == nil {
		defer os.RemoveAll(programs)
		err = buildAll()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return hadoop.Main(m)
}

func buildAll() error {
	err := build("pi", "../../examples/pi", "")
	for _, b := range []containerstest.Behaviour{
		containerstest.Wait, containerstest.Leave, containerstest.Crash,
	} {
		err = errors.Join(err, build(string(b), "./testdata/behave", "-X main.behaviour="+string(b)))
	}
	return err
}

// build makes the static program of a package.
func build(name, pkg, flags string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w "+flags,
		"-o", filepath.Join(programs, name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", pkg, err, said)
	}
	return nil
}

// program is the path of a program that TestMain has built.
func program(name string) string { return filepath.Join(programs, name) }
