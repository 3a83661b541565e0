package jobs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

// programs holds what TestMain has built: weft, the examples and the programs of testdata.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("", "weft-integration-"); err == nil {
		defer os.RemoveAll(programs)
		err = os.Chmod(programs, 0o755) // one test runs weft as nobody
	}
	if err == nil {
		err = build(nil, programs+"/", "../../cmd/weft", "../../examples/...", "./testdata/programs/misbehave",
			"./testdata/programs/twice", "./testdata/programs/nocodec", "./testdata/programs/nomain",
			"./testdata/programs/gated", "./testdata/programs/tides", "./testdata/programs/later",
			"./testdata/programs/pools")
	}
	if err == nil {
		err = build([]string{"GOARCH=arm64"}, program("elsewhere"), "./testdata/programs/nomain")
	}
	if err == nil {
		err = build([]string{"CGO_ENABLED=1"}, program("dynamic"), "./testdata/programs/nomain")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return hadoop.Main(m)
}

// build makes static programs of packages at out, a file or a folder with a slash, unless env says otherwise.
func build(env []string, out string, packages ...string) error {
	args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", out}, packages...)
	cmd := exec.Command("go", args...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %v: %w: %s", packages, err, said)
	}
	return nil
}

// program is the path of a program built for the tests.
func program(name string) string { return filepath.Join(programs, name) }
