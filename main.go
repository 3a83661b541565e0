package weft

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/handoff"
	"github.com/weft-data/weft/internal/marker"
	"github.com/weft-data/weft/internal/pipeline"
)

// Driver is the function that a program gives to Main. Its context ends when the application is
// interrupted or killed.
type Driver func(ctx context.Context, s *Session) error

// Main is the main function of a job. In the process that the user starts, and in the
// ApplicationMaster of cluster mode, it runs the driver and ends the process with 0 if the driver
// returns nil, 2 if the arguments or settings were wrong, 130 or 143 after a signal, and 1
// otherwise. In an executor it runs tasks and never calls the driver.
//
// Operators must be declared before: as package variables.
func Main(run Driver) {
	started := time.Now()
	if len(marker.Text) == 0 { // keeps the marker in the binary
		panic("weft: no marker")
	}
	os.Exit(play(run, started))
}

// The roles of a process, in WEFT_ROLE. Without one the process is the driver of a master that its
// settings name.
const roleDriver = "driver"

func play(run Driver, started time.Time) int {
	role, sealed := os.Getenv(containers.EnvRole), pipeline.Seal(pipeline.CallSite())
	switch {
	case sealed != nil && role == roleDriver: // YARN would try again, and tell the user of exit codes
		run = func(context.Context, *Session) error { return sealed }
	case sealed != nil:
		return report(badInput(sealed))
	}
	ctx, stop := interruptible()
	defer stop()
	switch role {
	case containers.RoleExecutor:
		return report(executorMain(ctx))
	case roleDriver:
		return report(driverMain(ctx, run))
	case "":
		return report(clientMain(ctx, run, started))
	default:
		return report(badInput(fmt.Errorf("%s is %q: only weft sets it", containers.EnvRole, role)))
	}
}

// The causes of a context that a signal ended.
var (
	errInterrupted = errors.New("interrupted")
	errTerminated  = fmt.Errorf("%w by SIGTERM", errInterrupted)
)

// sameSignal is how long after a signal another one still means the same: timeout(1) sends it to
// the process and to its group.
const sameSignal = time.Second

// interruptible is a context that ends at the first interrupt. One that comes later ends the
// process, whatever it is doing.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		var first time.Time
		for {
			select {
			case s := <-signals:
				cause := signalCause(s)
				switch {
				case first.IsZero():
					first = time.Now()
					cancel(cause)
				case time.Since(first) > sameSignal:
					os.Exit(exitCode(cause))
				}
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}

func signalCause(s os.Signal) error {
	if s == syscall.SIGTERM {
		return errTerminated
	}
	return errInterrupted
}

// The exit codes. YARN believes that it killed a container only when the process ends by SIGTERM or
// with the code of one: with any other code the reason (too much memory) would be lost.
const (
	exitFailed      = 1
	exitBadInput    = 2
	exitInterrupted = 130
	exitTerminated  = 143
)

// inputError marks what the user can mend before anything was started.
type inputError struct{ error }

func (e inputError) Unwrap() error { return e.error }

func badInput(err error) error {
	if err == nil {
		return nil
	}
	return inputError{err}
}

// report prints an error as one line and chooses the exit code.
func report(err error) int {
	if err != nil {
		text := strings.ReplaceAll(err.Error(), "\n", "; ")
		fmt.Fprintf(os.Stderr, "%s: %s\n", filepath.Base(os.Args[0]), text)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var input inputError
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errTerminated):
		return exitTerminated
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &input), errors.As(err, &usage):
		return exitBadInput
	}
	return exitFailed
}

// clientMain runs the driver in the process that the user started.
func clientMain(ctx context.Context, run Driver, started time.Time) error {
	spec, err := handoff.Decode(os.Getenv(handoff.Env))
	if err != nil {
		return badInput(err)
	}
	c, err := conf.Load(spec.Sources(os.Getenv))
	if err != nil {
		return badInput(err)
	}
	master, err := handoff.ParseMaster(conf.Master.Get(c))
	if err != nil {
		return badInput(err)
	}
	a := application{args: os.Args[1:], conf: c, spec: spec, started: spec.Begin(started)}
	return a.run(ctx, master, run)
}

// drive calls the driver; a panic is its error.
func drive(ctx context.Context, s *Session, run Driver) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("the driver panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("the driver panicked: %v", p)
		}
	}()
	err = run(ctx, s)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
