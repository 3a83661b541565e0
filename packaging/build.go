package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// programs are the commands that are released.
var programs = []string{"weft", "weft-shuffled"}

// program is where a built program lies.
func (r release) program(arch, name string) string { return filepath.Join(r.work, arch, name) }

// build makes the static programs of one architecture.
func (r release) build(ctx context.Context, arch string) error {
	for _, name := range programs {
		err := r.command(ctx, r.root, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + arch},
			"go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=v"+r.version,
			"-o", r.program(arch, name), "./cmd/"+name)
		if err != nil {
			return err
		}
	}
	return nil
}

// command runs a program and gives what it said if it fails.
func (r release) command(ctx context.Context, dir string, env []string, name string,
	args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w: %s", name, args, err, said)
	}
	return nil
}
