package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Local is the file system of this machine.
type Local struct{}

// URL is the path itself.
func (Local) URL(path string) string { return path }

// Open opens a file for reading at any offset.
func (Local) Open(ctx context.Context, path string) (File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return &localFile{File: f, size: info.Size()}, nil
}

// openFile opens what must be a regular file: a read from a pipe or a directory would hang or fail
// far from the mistake.
func openFile(path string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("open %s: it is no regular file (%v)", path, info.Mode().Type())
	}
	f, err := os.Open(path)
	return f, info, err
}

type localFile struct {
	*os.File
	size int64
}

func (f *localFile) Size() int64 { return f.size }

// OpenAt opens a file for reading from an offset on.
func (Local) OpenAt(ctx context.Context, path string, offset int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &localReader{File: f, ctx: ctx}, nil
}

// localReader looks at its context before each read; a read of a disk ends soon.
type localReader struct {
	*os.File
	ctx context.Context
}

func (r *localReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.File.Read(b)
}

// Stat describes a file or directory, through links.
func (Local) Stat(ctx context.Context, path string) (Info, error) {
	if err := ctx.Err(); err != nil {
		return Info{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Info{}, err
	}
	return localInfo(path, info), nil
}

func localInfo(path string, info os.FileInfo) Info {
	i := Info{
		Path:    path,
		Dir:     info.IsDir(),
		Size:    info.Size(),
		ModTime: info.ModTime(),
		Mode:    info.Mode().Perm(),
	}
	if i.Dir {
		i.Size = 0
	}
	i.Owner, i.Group = owner(info)
	return i
}

// ReadDir lists a directory, sorted by name. A link that leads nowhere is left out.
func (l Local) ReadDir(ctx context.Context, path string) ([]Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	out := make([]Info, 0, len(entries))
	for _, e := range entries {
		info, err := l.Stat(ctx, filepath.Join(path, e.Name()))
		if errors.Is(err, ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		info.Link = e.Type()&iofs.ModeSymlink != 0
		out = append(out, info)
	}
	return out, nil
}

// Create makes a new file for writing.
func (Local) Create(ctx context.Context, path string) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	return &localWriter{f: f, ctx: ctx}, nil
}

type localWriter struct {
	f       *os.File
	ctx     context.Context
	written int64
}

func (w *localWriter) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.f.Write(b)
	w.written += int64(n)
	return n, err
}

func (w *localWriter) Close() error {
	err := w.f.Sync()
	info, statErr := w.f.Stat()
	if err = errors.Join(err, statErr, w.f.Close()); err != nil {
		return err
	}
	return checkLength(w.f.Name(), info.Size(), w.written)
}

// checkLength compares what is there with what was written.
func checkLength(path string, there, written int64) error {
	if there != written {
		return fmt.Errorf("close %s: %d bytes written, %d there: %w", path, written, there, ErrShort)
	}
	return nil
}

func (w *localWriter) Abort() error {
	return errors.Join(w.f.Close(), os.Remove(w.f.Name()))
}

// Mkdir makes a directory.
func (Local) Mkdir(ctx context.Context, path string, perm iofs.FileMode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.Mkdir(path, perm)
}

// MkdirAll makes a directory and its parents.
func (Local) MkdirAll(ctx context.Context, path string, perm iofs.FileMode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.MkdirAll(path, perm)
}

// Remove removes a file or an empty directory.
func (Local) Remove(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.Remove(path)
}

// RemoveAll removes a path with all below it.
func (Local) RemoveAll(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// Rename moves a file or directory and never overwrites.
func (Local) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := renameExclusive(from, to); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// Chmod sets the permission bits.
func (Local) Chmod(ctx context.Context, path string, perm iofs.FileMode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.Chmod(path, perm)
}

// Blocks is one block without hosts.
func (l Local) Blocks(ctx context.Context, path string) ([]Block, error) {
	f, err := l.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() == 0 {
		return nil, nil
	}
	return []Block{{Length: f.Size()}}, nil
}

// Glob lists what matches the pattern.
func (l Local) Glob(ctx context.Context, pattern string) ([]Info, error) {
	return glob(ctx, l, pattern)
}

// byPath sorts descriptions for a stable order.
func byPath(all []Info) {
	slices.SortFunc(all, func(a, b Info) int { return strings.Compare(a.Path, b.Path) })
}
