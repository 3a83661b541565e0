//go:build docker

package docker

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// longest is how long a test waits for a command.
const longest = 3 * time.Minute

// run runs a program of this machine and returns what it wrote.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// weft runs a command line on the host edge.
func weft(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, "docker", append([]string{"exec", "weft-edge", "weft"}, args...)...)
}
