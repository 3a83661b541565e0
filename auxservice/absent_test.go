package auxservice

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/weft-data/weft/shuffle"
)

// An application that ended while the service was down is not told to it. It is forgotten once its
// directories have been gone for a while, and one that has a directory in one place is not.
func TestAbsentApplicationsAreFound(t *testing.T) {
	t.Parallel()
	dirs := []string{t.TempDir(), t.TempDir()}
	apps := newApplications(shuffle.NewFiles(1, 1), dirs)
	for _, id := range []string{app1, app2} {
		if _, err := apps.add(someApplication(t, id, "ann", 1)); err != nil {
			t.Fatal(err)
		}
	}
	defer apps.closeFiles()
	there := filepath.Join(dirs[1], "usercache", "ann", "appcache", app1)
	if err := os.MkdirAll(there, 0o750); err != nil {
		t.Fatal(err)
	}
	found, now := newAbsent(apps), time.Unix(1e9, 0)
	expect := func(after time.Duration, want ...string) {
		t.Helper()
		now = now.Add(after)
		if got := found.find(now); !slices.Equal(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	expect(0)
	expect(absentTime - 1)
	expect(1, app2)
	if err := os.Remove(there); err != nil {
		t.Fatal(err)
	}
	apps.remove(app2)
	expect(0)
	expect(absentTime, app1)
}
