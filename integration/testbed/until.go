package testbed

import (
	"context"
	"testing"
	"time"
)

// Patience bounds every wait for an event on a busy machine; the events themselves take seconds.
const Patience = 3 * time.Minute

// Until looks again and again until happened says so. It fails the test when that is not within
// Patience, and says what was waited for.
func Until(t testing.TB, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", Patience, what)
		case <-tick.C:
		}
	}
}
