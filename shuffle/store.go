package shuffle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

// folder is what the Store owns below each local directory:
//
//	<local dir>/weft-shuffle/<shuffle>/m<map>-a<attempt>.data
//	<local dir>/weft-shuffle/<shuffle>/m<map>-a<attempt>.index
//
// The index appears last, under its final name: where it is, the output is whole.
const folder = "weft-shuffle"

// The modes let the group read: on YARN the folder belongs to the application's user and to
// the NodeManager's group, as which a node-wide shuffle service runs.
const (
	dirMode  = 0o750
	fileMode = 0o640
)

// Store is the shuffle files of one application on one host: the folder weft-shuffle below
// each of the application's local directories. Paths follow from ids alone, so every
// executor of the application on the host, and a service that starts later, finds the same
// files. All methods may be called from any goroutine.
type Store struct {
	dirs  []*os.Root // each at a weft-shuffle folder
	names atomic.Uint64
	slabs sync.Pool // *[slabSize]byte, for the buffers of all tasks
}

// OpenStore opens the application's local directories (on YARN: LOCAL_DIRS) and makes the
// folder weft-shuffle in each. A directory that fails is skipped while another works.
func OpenStore(dirs ...string) (*Store, error) {
	s := &Store{}
	s.slabs.New = func() any { return new([slabSize]byte) }
	var failed []error
	for _, dir := range dirs {
		root, err := openFolder(dir)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		s.dirs = append(s.dirs, root)
	}
	if len(s.dirs) == 0 {
		return nil, fmt.Errorf("open shuffle store: no usable local directory in %q: %w", dirs,
			errors.Join(failed...))
	}
	return s, nil
}

func openFolder(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if err := root.Mkdir(folder, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return root.OpenRoot(folder)
}

// Remove deletes all files of a shuffle.
func (s *Store) Remove(id ShuffleID) error {
	var failed []error
	for _, dir := range s.dirs {
		failed = append(failed, dir.RemoveAll(shuffleDir(id)))
	}
	return errors.Join(failed...)
}

// RemoveOutput deletes one map attempt's files, such as a losing twin's.
func (s *Store) RemoveOutput(id OutputID) error {
	var failed []error
	for _, dir := range s.dirs {
		for _, name := range []string{indexName(id), dataName(id)} {
			if err := dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// Close releases the directories; files stay.
func (s *Store) Close() error {
	var failed []error
	for _, dir := range s.dirs {
		failed = append(failed, dir.Close())
	}
	return errors.Join(failed...)
}

func shuffleDir(id ShuffleID) string { return strconv.FormatUint(uint64(id), 10) }

func dataName(id OutputID) string { return fileName(id, ".data") }

func indexName(id OutputID) string { return fileName(id, ".index") }

func fileName(id OutputID, ext string) string {
	return path.Join(shuffleDir(id.Shuffle), fmt.Sprintf("m%d-a%d%s", id.Map, id.Attempt, ext))
}

// first returns where id's search among the directories begins. Spreading by id keeps the
// disks equally full; the others follow in turn, so that a failed disk is passed over.
func (s *Store) first(id OutputID) int { return firstDir(id, len(s.dirs)) }

func firstDir(id OutputID, dirs int) int {
	return int((uint64(id.Map) + uint64(id.Attempt)) % uint64(dirs))
}

// try calls f for each directory from the first-th on, until one succeeds.
func (s *Store) try(first int, f func(dir *os.Root) error) error {
	var failed []error
	for i := range s.dirs {
		err := f(s.dirs[(first+i)%len(s.dirs)])
		if err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// spillFile makes a file without a name: it vanishes with this process, however that ends.
func (s *Store) spillFile() (f *os.File, err error) {
	n := s.names.Add(1)
	err = s.try(int(n%uint64(len(s.dirs))), func(dir *os.Root) error {
		name := fmt.Sprintf("spill-%d-%d", os.Getpid(), n)
		f, err = dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, fileMode)
		if err != nil {
			return err
		}
		return dir.Remove(name)
	})
	if err != nil {
		return nil, fmt.Errorf("make spill file: %w", err)
	}
	return f, nil
}

// openRegular opens a file for reading that is a plain file with one name, and as check wants
// it. A link, or a fifo that would block the open, may have been put there by the application's
// own user to make a service read what that user may not. os.Root refuses links out of the
// folder; those within it are refused here.
func openRegular(dir *os.Root, name string, check func(fs.FileInfo) error) (
	f *os.File, size int64, err error,
) {
	f, err = dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil {
		err = errors.Join(plain(info), check(info), unlinked(dir, name, info))
	}
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("open %s: %w", name, err)
	}
	return f, info.Size(), nil
}

func plain(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is %v, not a regular file", fs.ErrPermission, info.Mode())
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink != 1 {
		return fmt.Errorf("%w: it has %d names", fs.ErrPermission, st.Nlink)
	}
	return nil
}

// unlinked returns an error unless name stands for the opened file itself.
func unlinked(dir *os.Root, name string, opened fs.FileInfo) error {
	named, err := dir.Lstat(name)
	if err == nil && !os.SameFile(named, opened) {
		err = fmt.Errorf("%w: it is a link, or was replaced meanwhile", fs.ErrPermission)
	}
	return err
}
