package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// What ends a context of untilSignal.
var (
	errInterrupted = errors.New("interrupted")
	errTerminated  = errors.New("terminated")
)

// untilSignal returns a context that ends with the first SIGINT, SIGTERM or SIGHUP. The next one
// ends the process at once, as if nobody had listened: cleaning up may hang too.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup weft submit … outlives its terminal
		signal.Notify(arrived, syscall.SIGHUP)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case s := <-arrived:
			signal.Stop(arrived)
			cancel(signalError(s))
		case <-done:
			signal.Stop(arrived)
		}
	}()
	return ctx, func() {
		close(done)
		<-ended
		cancel(context.Canceled)
	}
}

func signalError(s os.Signal) error {
	if s == os.Interrupt {
		return errInterrupted
	}
	return errTerminated
}
