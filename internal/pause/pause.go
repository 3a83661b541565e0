// Package pause waits for a time, or less when a context ends before.
//
// It is the one place where weft lets time pass between two tries of something outside. Anyone may
// call it, from any goroutine.
package pause

import (
	"context"
	"time"
)

// For waits for d, or returns early with the reason for which ctx ended.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
