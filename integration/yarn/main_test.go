package yarn

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

// programs holds what TestMain has built.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("", "weft-yarn-"); err == nil {
		defer os.RemoveAll(programs)
		err = build("../../examples/pi")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return hadoop.Main(m)
}

// build makes the static program of a package.
func build(pkg string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", programs+"/", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", pkg, err, said)
	}
	return nil
}

// program is the path of a program that TestMain has built.
func program(name string) string { return filepath.Join(programs, name) }
