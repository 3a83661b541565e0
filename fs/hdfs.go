package fs

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"math"
	"path"
	"strings"

	"github.com/colinmarc/hdfs/v2"
)

// URL is the full name of a path.
func (h *hdfsFS) URL(p string) string { return "hdfs://" + h.authority + p }

// Stat describes a file or directory.
func (h *hdfsFS) Stat(ctx context.Context, p string) (Info, error) {
	info, err := call(ctx, h, again, func(s *session) (iofs.FileInfo, error) {
		return s.client.Stat(p)
	})
	if err != nil {
		return Info{}, h.wrap("stat", p, err)
	}
	return hdfsInfo(p, info), nil
}

func hdfsInfo(p string, info iofs.FileInfo) Info {
	i := Info{
		Path:    p,
		Dir:     info.IsDir(),
		Size:    info.Size(),
		ModTime: info.ModTime(),
		Mode:    info.Mode().Perm(),
	}
	if f, ok := info.(*hdfs.FileInfo); ok {
		i.Owner, i.Group = f.Owner(), f.OwnerGroup()
		if status, ok := f.Sys().(*hdfs.FileStatus); ok {
			i.Replication = int(status.GetBlockReplication())
		}
	}
	return i
}

// ReadDir lists a directory; the NameNode sorts.
func (h *hdfsFS) ReadDir(ctx context.Context, p string) ([]Info, error) {
	infos, err := call(ctx, h, again, func(s *session) ([]iofs.FileInfo, error) {
		return s.client.ReadDir(p)
	})
	if err != nil {
		return nil, h.wrap("list", p, err)
	}
	out := make([]Info, len(infos))
	for i, info := range infos {
		out[i] = hdfsInfo(path.Join(p, info.Name()), info)
	}
	byPath(out)
	return out, nil
}

// Mkdir makes one directory. It is not tried again after a broken connection: the second try could
// not tell its own directory from another's.
func (h *hdfsFS) Mkdir(ctx context.Context, p string, perm iofs.FileMode) error {
	return h.do(ctx, "make directory", p, once, func(s *session) error {
		return s.client.Mkdir(p, perm)
	})
}

// MkdirAll makes a directory and its parents.
func (h *hdfsFS) MkdirAll(ctx context.Context, p string, perm iofs.FileMode) error {
	return h.do(ctx, "make directory", p, again, func(s *session) error {
		return s.client.MkdirAll(p, perm)
	})
}

// Remove removes a file or an empty directory.
func (h *hdfsFS) Remove(ctx context.Context, p string) error {
	return h.do(ctx, "remove", p, once, func(s *session) error { return s.client.Remove(p) })
}

// RemoveAll removes a path with all below it.
func (h *hdfsFS) RemoveAll(ctx context.Context, p string) error {
	return h.do(ctx, "remove", p, again, func(s *session) error {
		err := s.client.RemoveAll(p)
		if errors.Is(err, ErrNotExist) {
			return nil
		}
		return err
	})
}

// Chmod sets the permission bits.
func (h *hdfsFS) Chmod(ctx context.Context, p string, perm iofs.FileMode) error {
	return h.do(ctx, "chmod", p, again, func(s *session) error { return s.client.Chmod(p, perm) })
}

// Rename moves a file or directory and never overwrites: rename2 without its OVERWRITE flag,
// which colinmarc/hdfs always sets.
func (h *hdfsFS) Rename(ctx context.Context, from, to string) error {
	l, err := h.locate()
	if err != nil {
		return err
	}
	if err := l.Rename(ctx, from, to); err != nil {
		return fmt.Errorf("%s: %w", h.URL(""), err)
	}
	return nil
}

// Blocks lists the blocks of a file. The NameNode answers only who may read the file.
func (h *hdfsFS) Blocks(ctx context.Context, p string) ([]Block, error) {
	l, err := h.locate()
	if err != nil {
		return nil, err
	}
	located, err := l.BlockLocations(ctx, p, 0, math.MaxInt64)
	if err != nil {
		return nil, fmt.Errorf("locate blocks of %s: %w", h.URL(p), err)
	}
	out := make([]Block, 0, len(located))
	for _, b := range located {
		if b.Length > 0 {
			out = append(out, Block{Offset: b.Offset, Length: b.Length, Hosts: b.Hosts})
		}
	}
	return out, nil
}

// Glob lists what matches the pattern.
func (h *hdfsFS) Glob(ctx context.Context, pattern string) ([]Info, error) {
	return glob(ctx, h, pattern)
}

// do is call for what has no result.
func (h *hdfsFS) do(ctx context.Context, what, p string, r retry, f func(*session) error) error {
	_, err := call(ctx, h, r, func(s *session) (struct{}, error) { return struct{}{}, f(s) })
	return h.wrap(what, p, err)
}

// wrap says what was tried on which path. Of a Java exception only the first line is kept: the
// rest is a stack trace of the NameNode.
func (h *hdfsFS) wrap(what, p string, err error) error {
	if err == nil {
		return nil
	}
	var at *iofs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	var remote hdfs.Error
	if errors.As(err, &remote) {
		err = &RemoteError{Class: remote.Exception(), Message: firstLine(remote.Message())}
	}
	return fmt.Errorf("%s %s: %w", what, h.URL(p), err)
}

// A RemoteError is an exception of a NameNode. errors.Is finds this package's errors in it.
type RemoteError struct {
	Class   string // of Java
	Message string // its first line
}

// Error prints class and message.
func (e *RemoteError) Error() string { return e.Class + ": " + e.Message }

// Is maps the classes that mean one of this package's errors.
func (e *RemoteError) Is(target error) bool {
	switch e.Class {
	case "java.io.FileNotFoundException":
		return target == ErrNotExist
	case "org.apache.hadoop.security.AccessControlException":
		return target == ErrPermission
	case "org.apache.hadoop.fs.FileAlreadyExistsException",
		"org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException":
		return target == ErrExist
	}
	return false
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
