package submit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/rmclient"
)

// An Application runs on the cluster whether or not anyone waits for it. Close it after use.
type Application struct {
	ID     rmclient.ApplicationID
	client door
}

// Close ends the connection to the ResourceManager, not the application.
func (a *Application) Close() error { return a.client.Close() }

// firstLook is the pause after the first look; it doubles up to what the caller wants.
const firstLook = 20 * time.Millisecond

// Wait looks at the application until it has ended, at first often and then at the given pace, and
// hands each report to look, which may be nil. It returns the last report. When ctx ends the
// application runs on.
func (a *Application) Wait(ctx context.Context, every time.Duration,
	look func(rmclient.ApplicationReport)) (rmclient.ApplicationReport, error) {
	return await(ctx, a.client, a.ID, every, look,
		func(r rmclient.ApplicationReport) bool { return r.State.Ended() })
}

// await looks until done says so.
func await(ctx context.Context, client door, id rmclient.ApplicationID,
	every time.Duration, look func(rmclient.ApplicationReport),
	done func(rmclient.ApplicationReport) bool) (rmclient.ApplicationReport, error) {
	for gap := min(firstLook, every); ; gap = min(gap*3/2, every) {
		report, err := client.Report(ctx, id)
		if err != nil {
			return report, fmt.Errorf("wait for %s: %w", id, err)
		}
		if look != nil {
			look(report)
		}
		if done(report) {
			return report, nil
		}
		if err := pause.For(ctx, gap); err != nil {
			return report, fmt.Errorf("wait for %s: %w", id, err)
		}
	}
}

// Kill ends the application and returns when it has ended.
func (a *Application) Kill(ctx context.Context, reason string) error {
	return a.client.Kill(ctx, a.ID, reason)
}

// How an application ended, other than well.
var (
	ErrFailed = errors.New("application failed")
	ErrKilled = errors.New("application was killed")
)

// Outcome is nil for an application that succeeded; otherwise it says how it ended and why.
func Outcome(r rmclient.ApplicationReport) error {
	why := strings.TrimSpace(r.Diagnostics)
	if why == "" {
		why = "it gave no reason"
	}
	hint := "see weft logs " + r.ID.String()
	switch {
	case !r.State.Ended():
		return fmt.Errorf("%s has not ended: it is %s", r.ID, r.State)
	case r.State == rmclient.Killed || r.Final == rmclient.KilledStatus:
		return fmt.Errorf("%s: %w: %s", r.ID, ErrKilled, why)
	case r.State == rmclient.Finished && r.Final == rmclient.Succeeded:
		return nil
	}
	return fmt.Errorf("%s: %w: %s; %s", r.ID, ErrFailed, why, hint)
}
