package weft

import (
	"context"
	"fmt"
	"time"
)

func errTwoSessions(label string) error {
	return fmt.Errorf("%s: its inputs belong to different sessions", label)
}

func errPartitions(label string, n int) error {
	return fmt.Errorf("%s: %d partitions, want at least 1", label, n)
}

// cleanupTime bounds what must still be done after a context has ended.
const cleanupTime = 20 * time.Second

// cleanup is a context for cleaning up after ctx, which may have ended.
func cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
}

// usageError is a mistake in the program's arguments.
type usageError struct{ usage string }

func (e *usageError) Error() string { return "usage: " + e.usage }

// Usage is the error of a driver whose arguments are wrong; Main prints it and exits with code 2.
func Usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }
