//go:build docker

package docker

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFromANewJobToItsResult follows docs/mini-cluster.md: the job is written, tested and built on
// this machine, and submitted from the host edge.
func TestFromANewJobToItsResult(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "myjob")
	run(t, "../../bin/weft", "new", dir)
	for _, command := range []string{"mod tidy", "test ./...", "build -trimpath"} {
		golang(t, dir, strings.Fields(command)...)
	}
	weft(t, "fs", "rm", "-r", "-f", "words")
	weft(t, "fs", "mkdir", "-p", "words")
	program, err := os.ReadFile(filepath.Join(dir, "myjob"))
	if err != nil {
		t.Fatal(err)
	}
	share(t, "myjob", program)
	share(t, "in.txt", []byte("Warp, weft and warp.\n"))
	weft(t, "fs", "put", "in.txt", "words/in.txt")
	weft(t, "submit", "--master", "yarn", "--deploy-mode", "cluster",
		"myjob", "words/in.txt", "words/counts")
	got := strings.Fields(weft(t, "fs", "cat", "words/counts/part-*"))
	slices.Sort(got)
	if want := []string{"1", "1", "2", "and", "warp", "weft"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// golang runs the Go command in a module, as a user whose programs run on any host.
func golang(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, said)
	}
}

// share puts a file where the host edge has it in its working directory.
func share(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join(shared, name)
	t.Cleanup(func() { _ = os.Remove(path) })
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
}
