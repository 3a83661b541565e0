package schedtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/replay"
)

// Run plays every script of a folder, each file that ends in .txt as a test of its own.
func Run(t *testing.T, dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			v := newEnv(t)
			datadriven.RunTest(t, path, v.handle)
			v.checkReplay(t)
		})
	}
}

// handle performs one command and gives what is to stand below its dashes.
func (v *env) handle(t *testing.T, d *datadriven.TestData) string {
	h, ok := handlers[d.Cmd]
	if !ok {
		d.Fatalf(t, "there is no command %q; package schedtest lists them", d.Cmd)
	}
	c := newCommand(d)
	if d.Cmd == "config" {
		v.checkReplay(t) // it begins with a new machine
	}
	out, err := h(v, c)
	if err == nil {
		err = c.unused()
	}
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	if err := v.machine.Check(); err != nil {
		d.Fatalf(t, "after %s: %v", d.Cmd, err)
	}
	if out == "" {
		return "(nothing)\n"
	}
	return out
}

// step sends an event and prints the actions it leads to.
func (v *env) step(e scheduler.Event) (string, error) {
	if err := v.tell(e); err != nil {
		return "", err
	}
	return v.ready()
}

// ready prints the actions that the events since the last call lead to.
func (v *env) ready() (string, error) {
	if err := v.recorder.Ready(); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, a := range v.machine.Ready() {
		v.follow(a)
		v.lines.WriteString(replay.Line(v.now, a))
		fmt.Fprintln(&b, a)
	}
	return b.String(), nil
}
