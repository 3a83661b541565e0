package shuffle

import (
	"container/list"
	"sync"
	"time"
)

// Files are the open map outputs of a node's applications, kept from request to request together
// with their indexes, so that a small block costs one read. They are bounded by number and by
// the memory of the indexes; the application that has most gives first. All methods may be
// called from any goroutine.
type Files struct {
	limit  int
	memory int64
	mu     struct {
		sync.Mutex
		apps  map[*AppFiles]struct{}
		open  int
		bytes int64 // of indexes
	}
}

const (
	// trust is for how long an open file is believed to be still there; idleFile, for how
	// long it stays open when nobody asks for it.
	trust    = time.Second
	idleFile = 30 * time.Second
	// wholeIndex is up to which size an index is kept in memory; longer ones stay files.
	wholeIndex = 256 << 10
)

// NewFiles returns Files that keep at most limit outputs open, each of which has one or two
// descriptors, and indexes of at most memory bytes.
func NewFiles(limit int, memory int64) *Files {
	f := &Files{limit: limit, memory: memory}
	f.mu.apps = map[*AppFiles]struct{}{}
	return f
}

// App returns the files of an application in a NodeManager's local directories, of which some may
// not exist. app and user must have been checked. Close it when the application ends.
func (f *Files) App(localDirs []string, user, app string) *AppFiles {
	a := &AppFiles{of: f, byID: map[OutputID]*list.Element{}}
	for _, dir := range localDirs {
		a.dirs = append(a.dirs, newAppDir(dir, user, app))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mu.apps[a] = struct{}{}
	return a
}

// Of returns the files of a Store, for an executor that reads those on its host.
func (f *Files) Of(s *Store) *AppFiles {
	a := &AppFiles{of: f, byID: map[OutputID]*list.Element{}, store: s}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mu.apps[a] = struct{}{}
	return a
}

// giveOne closes the longest unused file of the application that has most.
func (f *Files) giveOne() {
	var most *AppFiles
	for a := range f.mu.apps {
		if most == nil || a.used.Len() > most.used.Len() {
			most = a
		}
	}
	if first := most.used.Front(); first != nil {
		most.remove(first)
	}
}

// shrink closes up to n files.
func (f *Files) shrink(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ; n > 0 && f.mu.open > 0; n-- {
		f.giveOne()
	}
}

// Sweep closes what nobody has asked for lately: a file that its application has removed takes
// room on its disk as long as it is open. Call it every few seconds.
func (f *Files) Sweep(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for a := range f.mu.apps {
		for e := a.used.Front(); e != nil; e = a.used.Front() {
			if now.Sub(e.Value.(*keptFile).used) < idleFile {
				break
			}
			a.remove(e)
		}
	}
}

// Open returns how many outputs are open.
func (f *Files) Open() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.open
}
