package am_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTasksBehindALongOneAreTakenBack: of many short tasks one waits until all others have ended, those
// that were queued behind it too. Nothing but taking them back can end the job.
func TestTasksBehindALongOneAreTakenBack(t *testing.T) {
	const tasks = 2000
	both(t, func(t *testing.T, overGRPC bool) {
		b := local(t, 2, 1, overGRPC, settings(t))
		open := filepath.Join(t.TempDir(), "open")
		j := single(b.Driver, 0, tasks, step{Do: "gate", Param: open})
		results := 0
		j.OnResult = func(int, []byte) {
			if results++; results == tasks-1 {
				if err := os.WriteFile(open, nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		}
		if err := b.Run(t.Context(), j); err != nil || results != tasks {
			t.Errorf("%d results, %v", results, err)
		}
	})
}
