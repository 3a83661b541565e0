package shuffle

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"
)

// AppFiles are one application's files on a node: a Source.
type AppFiles struct {
	of    *Files
	dirs  []*appDir
	store *Store // in place of dirs
	// Guarded by of.mu.
	byID map[OutputID]*list.Element
	used list.List // of *keptFile, the longest unused first
	gone bool
}

// keptFile is an output that is kept open.
type keptFile struct {
	*OutputFile
	bytes   int64
	used    time.Time
	checked atomic.Int64 // when it was last seen to be there, Unix nanoseconds
}

// has reports whether the output seems to be here.
func (a *AppFiles) has(id OutputID) bool {
	a.of.mu.Lock()
	kept := a.byID[id] != nil
	a.of.mu.Unlock()
	return kept || a.store.has(id)
}

// OpenOutput opens an output, or one that is open already.
func (a *AppFiles) OpenOutput(ctx context.Context, id OutputID) (*OutputFile, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := time.Now()
	if f := a.kept(id, now); f != nil {
		return f, nil
	}
	f, err := a.open(id)
	if outOfFiles(err) {
		a.of.shrink(a.of.limit / 8)
		f, err = a.open(id)
	}
	if err != nil {
		return nil, err
	}
	a.keep(id, f, now)
	return f, nil
}

// OpenCached answers ErrNotFound: cached blocks end with their executor.
func (a *AppFiles) OpenCached(_ context.Context, id CachedID) (*CachedBlock, error) {
	return nil, fmt.Errorf("%w: %v", ErrNotFound, id)
}

// kept returns an output that is open and still there, or nil.
func (a *AppFiles) kept(id OutputID, now time.Time) *OutputFile {
	a.of.mu.Lock()
	e := a.byID[id]
	if e == nil {
		a.of.mu.Unlock()
		return nil
	}
	k := e.Value.(*keptFile)
	k.used = now
	a.used.MoveToBack(e)
	f := k.use()
	a.of.mu.Unlock()
	if now.UnixNano()-k.checked.Load() < int64(trust) {
		return f
	}
	if info, err := f.data.Stat(); err == nil && plain(info) == nil && info.Size() == f.dataBytes {
		k.checked.Store(now.UnixNano())
		return f
	}
	a.drop(id, k)
	f.Close()
	return nil
}

// drop forgets a file that was removed or changed.
func (a *AppFiles) drop(id OutputID, k *keptFile) {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if e := a.byID[id]; e != nil && e.Value.(*keptFile) == k {
		a.remove(e)
	}
}

// keep keeps an output open for others, if there is room.
func (a *AppFiles) keep(id OutputID, f *OutputFile, now time.Time) {
	k := &keptFile{OutputFile: f, bytes: f.indexBytes(), used: now}
	k.checked.Store(now.UnixNano())
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if a.gone || a.byID[id] != nil || k.bytes > a.of.memory || a.of.limit < 1 {
		return
	}
	for a.of.mu.open >= a.of.limit || a.of.mu.bytes+k.bytes > a.of.memory {
		a.of.giveOne()
	}
	f.use()
	a.byID[id] = a.used.PushBack(k)
	a.of.mu.open++
	a.of.mu.bytes += k.bytes
}

// remove forgets a file; it is closed when its last user is done.
func (a *AppFiles) remove(e *list.Element) {
	k := a.used.Remove(e).(*keptFile)
	delete(a.byID, k.OutputID)
	a.of.mu.open--
	a.of.mu.bytes -= k.bytes
	k.Close()
}

// Close closes the application's files, each when its last user is done with it.
func (a *AppFiles) Close() error {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	a.gone = true
	for e := a.used.Front(); e != nil; e = a.used.Front() {
		a.remove(e)
	}
	delete(a.of.mu.apps, a)
	for _, d := range a.dirs {
		d.close()
	}
	return nil
}

// open looks for an output in all local directories, first where the Store that wrote it began
// to look for room.
func (a *AppFiles) open(id OutputID) (*OutputFile, error) {
	if a.store != nil {
		f, err := a.store.OpenOutput(context.Background(), id)
		if err != nil {
			return nil, err
		}
		return f, f.load()
	}
	var failed []error
	for i := range a.dirs {
		f, err := a.dirs[(firstDir(id, len(a.dirs))+i)%len(a.dirs)].open(id)
		if err == nil {
			if err = f.load(); err == nil {
				return f, nil
			}
		}
		if !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return nil, fmt.Errorf("%w: %v", ErrNotFound, id)
}
