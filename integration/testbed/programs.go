package testbed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A Build is a run of go build for the programs of a package's tests. They are static, unless Env
// says otherwise.
type Build struct {
	Packages []string // as go build takes them, from the folder of the tests
	Name     string   // the file's, where it is not that of the one package
	Linked   string   // flags for the linker
	Env      []string // beside the test's own
}

// Programs is the folder of what a TestMain has built.
type Programs struct{ dir string }

// Path is the file of a program.
func (p *Programs) Path(name string) string { return filepath.Join(p.dir, name) }

// Main builds programs, runs the tests, deletes the programs, and returns what TestMain exits with:
//
//	var programs testbed.Programs
//
//	func TestMain(m *testing.M) { os.Exit(programs.Main(m.Run, testbed.Build{…})) }
func (p *Programs) Main(run func() int, builds ...Build) int {
	if err := p.make(builds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := run()
	if err := os.RemoveAll(p.dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func (p *Programs) make(builds []Build) (err error) {
	if p.dir, err = os.MkdirTemp("", "weft-programs-"); err != nil {
		return err
	}
	if err := os.Chmod(p.dir, 0o755); err != nil { // some tests run weft as nobody
		return err
	}
	var errs error
	for _, b := range builds {
		errs = errors.Join(errs, b.run(p.dir+"/"+b.Name))
	}
	if errs != nil {
		errs = errors.Join(errs, os.RemoveAll(p.dir))
	}
	return errs
}

// run leaves programs at out, a file or a folder with a slash.
func (b Build) run(out string) error {
	args := []string{"build", "-trimpath", "-ldflags=-s -w " + b.Linked, "-o", out}
	cmd := exec.Command("go", append(args, b.Packages...)...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), b.Env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %v: %w: %s", b.Packages, err, said)
	}
	return nil
}
