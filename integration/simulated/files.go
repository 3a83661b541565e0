package simulated

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/weft-data/weft/fs"
)

// files is a file system in memory that behaves as HDFS does where commits are concerned: rename
// is one step and never overwrites, a file belongs to its writer until it is closed, and a
// writer whose file was removed learns of it when it closes. The lock is for package commit,
// which renames from several goroutines.
type files struct {
	mu    sync.Mutex
	nodes map[string]*node
	// failing are renames to these names that fail once, before or after they are done.
	failing map[string]renameFault
	closes  int // that will fail
}

// failCloses lets the next writers fail to make their files durable.
func (f *files) failCloses(n int) { f.closes += n }

type node struct {
	dir  bool
	data []byte
	gone bool
}

// renameFault is where a rename's connection breaks.
type renameFault int

const (
	failBefore renameFault = 1 + iota
	failAfter
)

// errConnection is what a client sees that does not know whether its call was carried out.
var errConnection = errors.New("connection reset")

func newFiles() *files {
	return &files{
		nodes:   map[string]*node{"/": {dir: true}},
		failing: make(map[string]renameFault),
	}
}

func (f *files) ctx() context.Context { return context.Background() }

func (f *files) data(name string) []byte { return f.nodes[name].data }

func missing(op, name string) error { return fmt.Errorf("%s %s: %w", op, name, fs.ErrNotExist) }

// URL is the path itself.
func (f *files) URL(name string) string { return name }

// Stat describes a file.
func (f *files) Stat(_ context.Context, name string) (fs.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.nodes[name]
	if n == nil {
		return fs.Info{}, missing("stat", name)
	}
	return fs.Info{Path: name, Dir: n.dir, Size: int64(len(n.data))}, nil
}

// ReadDir lists a directory by name.
func (f *files) ReadDir(_ context.Context, name string) (list []fs.Info, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.nodes[name] == nil {
		return nil, missing("list", name)
	}
	for p, n := range f.nodes {
		if p != "/" && path.Dir(p) == name {
			list = append(list, fs.Info{Path: p, Dir: n.dir, Size: int64(len(n.data))})
		}
	}
	slices.SortFunc(list, func(a, b fs.Info) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// Create makes a new file.
func (f *files) Create(_ context.Context, name string) (fs.Writer, error) {
	n := &node{}
	if err := f.add(name, n); err != nil {
		return nil, err
	}
	return &writer{files: f, node: n}, nil
}

func (f *files) add(name string, n *node) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.nodes[name] != nil {
		return fmt.Errorf("create %s: %w", name, fs.ErrExist)
	}
	if parent := f.nodes[path.Dir(name)]; parent == nil || !parent.dir {
		return missing("create", name)
	}
	f.nodes[name] = n
	return nil
}

// Mkdir makes a directory.
func (f *files) Mkdir(_ context.Context, name string, _ iofs.FileMode) error {
	return f.add(name, &node{dir: true})
}

// MkdirAll makes a directory with its parents.
func (f *files) MkdirAll(ctx context.Context, name string, perm iofs.FileMode) error {
	if _, err := f.Stat(ctx, name); err == nil {
		return nil
	}
	if err := f.MkdirAll(ctx, path.Dir(name), perm); err != nil {
		return err
	}
	return f.Mkdir(ctx, name, perm)
}

// Remove removes a file or an empty directory.
func (f *files) Remove(ctx context.Context, name string) error {
	if _, err := f.Stat(ctx, name); err != nil {
		return err
	}
	if list, _ := f.ReadDir(ctx, name); len(list) > 0 {
		return fmt.Errorf("remove %s: not empty", name)
	}
	return f.RemoveAll(ctx, name)
}

// RemoveAll removes a path and all below it.
func (f *files) RemoveAll(_ context.Context, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p, n := range f.nodes {
		if p == name || strings.HasPrefix(p, name+"/") {
			n.gone = true
			delete(f.nodes, p)
		}
	}
	return nil
}

// Rename moves a path and all below it, in one step and never over another.
func (f *files) Rename(_ context.Context, from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.failing[to]
	delete(f.failing, to)
	switch {
	case fault == failBefore:
		return errConnection
	case f.nodes[from] == nil:
		return missing("rename", from)
	case f.nodes[to] != nil:
		return fmt.Errorf("rename %s to %s: %w", from, to, fs.ErrExist)
	case f.nodes[path.Dir(to)] == nil:
		return missing("rename to", to)
	}
	moved := make(map[string]*node)
	for p, n := range f.nodes {
		if p == from || strings.HasPrefix(p, from+"/") {
			moved[to+strings.TrimPrefix(p, from)] = n
			delete(f.nodes, p)
		}
	}
	for p, n := range moved {
		f.nodes[p] = n
	}
	if fault == failAfter {
		return errConnection
	}
	return nil
}

// Chmod does nothing: there is one user.
func (f *files) Chmod(context.Context, string, iofs.FileMode) error { return nil }

// Open opens a file.
func (f *files) Open(_ context.Context, name string) (fs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.nodes[name]
	if n == nil || n.dir {
		return nil, missing("open", name)
	}
	return reader{bytes.NewReader(n.data)}, nil
}

// OpenAt opens a file from an offset on.
func (f *files) OpenAt(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	file, err := f.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.NewSectionReader(file, offset, file.Size()-offset)), nil
}

// Blocks is one block that is nowhere in particular.
func (f *files) Blocks(ctx context.Context, name string) ([]fs.Block, error) {
	info, err := f.Stat(ctx, name)
	return []fs.Block{{Length: info.Size}}, err
}

// Glob matches nothing but the path itself.
func (f *files) Glob(ctx context.Context, pattern string) ([]fs.Info, error) {
	info, err := f.Stat(ctx, pattern)
	return []fs.Info{info}, err
}

type reader struct{ *bytes.Reader }

// Close does nothing.
func (reader) Close() error { return nil }

// Size is the file's length.
func (r reader) Size() int64 { return r.Reader.Size() }

// writer writes one file.
type writer struct {
	files *files
	node  *node
	data  []byte
}

// Write gathers data; it is there for others once the file is closed.
func (w *writer) Write(b []byte) (int, error) {
	w.data = append(w.data, b...)
	return len(b), nil
}

// Close makes the data visible, unless the file was removed.
func (w *writer) Close() error {
	w.files.mu.Lock()
	defer w.files.mu.Unlock()
	if w.node.gone {
		return fmt.Errorf("close: the file was removed: %w", fs.ErrNotExist)
	}
	if w.files.closes > 0 {
		w.files.closes--
		return errConnection
	}
	w.node.data = w.data
	return nil
}

// Abort removes the file.
func (w *writer) Abort() error {
	w.files.mu.Lock()
	defer w.files.mu.Unlock()
	for p, n := range w.files.nodes {
		if n == w.node {
			delete(w.files.nodes, p)
		}
	}
	w.node.gone = true
	return nil
}

var _ fs.FS = (*files)(nil)
