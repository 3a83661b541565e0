package auxservice

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// absent finds applications that ended while the service was away: nobody says so any more, but
// YARN has deleted their directories. It belongs to one goroutine.
type absent struct {
	apps  *applications
	since map[string]time.Time // since when an application has no directory
}

// absentTime is how long an application without a directory is kept: one that is just starting has
// none yet. Should a running one be forgotten, its next container makes it known again.
const absentTime = 10 * time.Minute

func newAbsent(apps *applications) *absent {
	return &absent{apps: apps, since: map[string]time.Time{}}
}

// find returns the applications that have had no directory for long enough.
func (a *absent) find(now time.Time) (gone []string) {
	still := map[string]time.Time{}
	for _, app := range a.apps.list() {
		if !deleted(a.apps.dirs, app) {
			continue
		}
		since, known := a.since[app.id]
		if !known {
			since = now
		}
		still[app.id] = since
		if now.Sub(since) >= absentTime {
			gone = append(gone, app.id)
		}
	}
	a.since = still
	return gone
}

// deleted reports whether no local directory has one of the application's. A disk that cannot be
// read may have one.
func deleted(localDirs []string, app application) bool {
	for _, dir := range localDirs {
		path := filepath.Join(dir, "usercache", app.user, "appcache", app.id)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}
