package shuffle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
)

// appDir is where one of the NodeManager's local directories has an application's shuffle files:
//
//	<local dir>/usercache/<user>/appcache/<application>/weft-shuffle
//
// The NodeManager makes usercache/<user> and gives it to the user; all below it is the user's to
// replace, by links to other users' directories too. So each name on the way must be a directory
// itself, and belong to whom the user's directory belongs to.
type appDir struct {
	local string
	path  []string // the names below local
	mu    struct {
		sync.Mutex
		root   *os.Root // at weft-shuffle, once it was there
		owner  uint32
		closed bool
	}
}

func newAppDir(local, user, app string) *appDir {
	return &appDir{local: local, path: []string{"usercache", user, "appcache", app, folder}}
}

// ownerAt is the position of the directory in appDir.path whose owner counts.
const ownerAt = 1

// CheckUser returns an error unless user can be the name of a directory in usercache.
func CheckUser(user string) error {
	if user == "" || len(user) > 255 || strings.HasPrefix(user, ".") ||
		strings.ContainsAny(user, "/\\\x00") {
		return fmt.Errorf("shuffle: %.80q is no name of a user", user)
	}
	return nil
}

// open opens an output's files.
func (d *appDir) open(id OutputID) (*OutputFile, error) {
	root, owner, err := d.enter()
	if err != nil {
		return nil, err
	}
	f, err := openOutput(root, id, func(info fs.FileInfo) error { return ownedBy(info, owner) })
	if errors.Is(err, fs.ErrNotExist) {
		d.leaveRemoved(root)
	}
	return f, err
}

// enter returns the directory, which stays open until close.
func (d *appDir) enter() (*os.Root, uint32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mu.closed {
		return nil, 0, fs.ErrNotExist
	}
	if d.mu.root != nil {
		return d.mu.root, d.mu.owner, nil
	}
	root, owner, err := d.walk()
	if err != nil {
		return nil, 0, err
	}
	d.mu.root, d.mu.owner = root, owner
	return root, owner, nil
}

// walk goes down from the local directory, name by name.
func (d *appDir) walk() (*os.Root, uint32, error) {
	at, err := os.OpenRoot(d.local)
	if err != nil {
		return nil, 0, err
	}
	var owner uint32
	for i, name := range d.path {
		next, info, err := descend(at, name)
		at.Close()
		if err != nil {
			return nil, 0, err
		}
		at = next
		if i == ownerAt {
			owner = info.Sys().(*syscall.Stat_t).Uid
		}
		if i > ownerAt {
			if err := ownedBy(info, owner); err != nil {
				at.Close()
				return nil, 0, fmt.Errorf("open %s: %w", name, err)
			}
		}
	}
	return at, owner, nil
}

// descend opens a directory that is in at itself, not where a link leads to: what was opened
// must be what the name stood for, whoever exchanges it meanwhile.
func descend(at *os.Root, name string) (*os.Root, fs.FileInfo, error) {
	named, err := at.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !named.IsDir() {
		return nil, nil, fmt.Errorf("open %s: %w: it is %v, not a directory", name,
			fs.ErrPermission, named.Mode())
	}
	next, err := at.OpenRoot(name)
	if err != nil {
		return nil, nil, err
	}
	opened, err := next.Stat(".")
	if err == nil && !os.SameFile(named, opened) {
		err = fmt.Errorf("open %s: %w: it was replaced meanwhile", name, fs.ErrPermission)
	}
	if err != nil {
		next.Close()
		return nil, nil, err
	}
	return next, opened, nil
}

// leaveRemoved forgets a directory that was removed: there may be a new one of its name.
func (d *appDir) leaveRemoved(root *os.Root) {
	info, err := root.Stat(".")
	if err == nil && info.Sys().(*syscall.Stat_t).Nlink > 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mu.root == root {
		d.mu.root.Close()
		d.mu.root = nil
	}
}

func (d *appDir) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.closed = true
	if d.mu.root != nil {
		d.mu.root.Close()
		d.mu.root = nil
	}
}

// ownedBy returns an error unless a file or directory is the owner's, and nobody else's to write.
func ownedBy(info fs.FileInfo, owner uint32) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid != owner {
		return fmt.Errorf("%w: its owner is not the application's user", fs.ErrPermission)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%w: others may write it (%v)", fs.ErrPermission, info.Mode())
	}
	return nil
}
