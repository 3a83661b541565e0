package single

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lockName is a file in every directory that is in use, locked by the process that made it. The
// lock goes with the process, whatever ends it, which is how a later application knows that the
// directory may go too.
const lockName = "lock"

// errTaken says that somebody else was faster; the next name is tried.
var errTaken = errors.New("the directory was taken for an old one")

// localDir is a directory of this application.
type localDir struct {
	path string
	lock *os.File
}

// makeDir makes a directory for shuffle and spill files, after removing those that applications
// left behind which were killed.
func makeDir(parent, prefix string) (d localDir, err error) {
	sweep(filepath.Join(parent, prefix+"*"))
	for range 3 {
		path, err := os.MkdirTemp(parent, prefix)
		if err != nil {
			return d, err
		}
		lock, err := takeLock(path, os.O_CREATE)
		if err == nil {
			return localDir{filepath.Clean(path), lock}, nil
		}
	}
	return d, fmt.Errorf("make a directory in %s: %w", parent, errTaken)
}

// takeLock locks a directory without waiting. It fails where the directory is in use, is being
// made, or is gone by the time the lock is ours.
func takeLock(dir string, flag int) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|flag, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := os.Lstat(path); err != nil {
		return nil, errors.Join(errTaken, f.Close())
	}
	return f, nil
}

// sweep removes directories whose process is gone. What it may not remove stays.
func sweep(pattern string) {
	old, _ := filepath.Glob(pattern)
	for _, dir := range old {
		lock, err := takeLock(dir, 0)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}

// remove removes the directory, and then its lock.
func (d localDir) remove() error {
	return errors.Join(os.RemoveAll(d.path), d.lock.Close())
}
