package cli

import (
	"context"
	"io"
	"os"
	"syscall"
	"time"
)

// Exit codes of weft.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell reports a program that ^C ended
	exitTerminated  = 143
)

// Env is the world as a command sees it.
type Env struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ []string // for a program that takes this process's place
	Version string

	// Now is the clock, for ages and for the timing report.
	Now func() time.Time
	// Exec replaces this process by a program; it returns only when that failed.
	Exec func(path string, argv, environ []string) error
}

// Main runs weft with the arguments, streams and environment of this process and returns its exit
// code. The version is what the linker was told; empty where nobody told it.
func Main(version string) int {
	ctx, stop := untilSignal(context.Background())
	defer stop()
	return Run(ctx, Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Environ: os.Environ(), Version: version,
		Now: time.Now, Exec: syscall.Exec,
	})
}

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, e Env) int {
	root := newRoot(e)
	root.SetArgs(e.Args)
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	err := root.ExecuteContext(ctx)
	return report(ctx, e.Stderr, err)
}
