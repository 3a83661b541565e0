package cli

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
	"testing"
)

func TestASignalEndsTheContextAndSaysWhich(t *testing.T) {
	for s, want := range map[syscall.Signal]error{
		syscall.SIGINT: errInterrupted, syscall.SIGTERM: errTerminated, syscall.SIGHUP: errTerminated,
	} {
		if signal.Ignored(s) { // as SIGHUP is below nohup, where weft ignores it too
			continue
		}
		ctx, stop := untilSignal(context.Background())
		if err := syscall.Kill(syscall.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		if cause := context.Cause(ctx); !errors.Is(cause, want) {
			t.Errorf("%v: cause %v, want %v", s, cause, want)
		}
		stop()
	}
}

func TestStopWithoutASignal(t *testing.T) {
	ctx, stop := untilSignal(context.Background())
	stop()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		t.Errorf("cause %v", cause)
	}
}
