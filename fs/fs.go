package fs

import (
	"context"
	"errors"
	"io"
	iofs "io/fs"
	"time"
)

// The errors callers decide on. Every error of an FS that means one of them wraps it, so they are
// those of io/fs and os.
var (
	ErrNotExist   = iofs.ErrNotExist
	ErrExist      = iofs.ErrExist
	ErrPermission = iofs.ErrPermission

	// ErrShort means that a file is not as long as what was written to it.
	ErrShort = errors.New("file is shorter than what was written")
)

// An FS is a file system. Paths are absolute and clean, with slashes. Every call returns soon
// after its context ends, with the context's error.
type FS interface {
	// URL is the full name of a path in this file system: /a/b, or hdfs://nn:8020/a/b.
	URL(path string) string

	// Open opens a file for reading at any offset.
	Open(ctx context.Context, path string) (File, error)

	// OpenAt opens a file for reading from one offset to the end, in large steps. The context
	// holds for the reads too: when it ends, they fail.
	OpenAt(ctx context.Context, path string, offset int64) (io.ReadCloser, error)

	// Stat describes a file or directory.
	Stat(ctx context.Context, path string) (Info, error)

	// ReadDir lists a directory, sorted by name.
	ReadDir(ctx context.Context, path string) ([]Info, error)

	// Create makes a new file for writing; one that exists is ErrExist. Its directory must exist.
	Create(ctx context.Context, path string) (Writer, error)

	// Mkdir makes a directory; one that exists is ErrExist, one without parent ErrNotExist.
	Mkdir(ctx context.Context, path string, perm iofs.FileMode) error

	// MkdirAll makes a directory and its parents, as far as they are not there.
	MkdirAll(ctx context.Context, path string, perm iofs.FileMode) error

	// Remove removes a file or an empty directory; one that is not there is ErrNotExist.
	Remove(ctx context.Context, path string) error

	// RemoveAll removes a path with all below it; one that is not there is no error.
	RemoveAll(ctx context.Context, path string) error

	// Rename moves a file or directory in one step. It never overwrites: a target that exists is
	// ErrExist, also when another process makes it at the same instant.
	Rename(ctx context.Context, from, to string) error

	// Chmod sets the permission bits.
	Chmod(ctx context.Context, path string, perm iofs.FileMode) error

	// Blocks lists the blocks of a file in order, with the hosts that keep a copy. A local file is
	// one block without hosts; an empty file has none. It fails for a file one may not read.
	Blocks(ctx context.Context, path string) ([]Block, error)

	// Glob lists what matches a pattern of *, ?, [a-z], {a,b} and ** (any depth), sorted by path.
	// A pattern without such letters matches the path itself, if it exists.
	Glob(ctx context.Context, pattern string) ([]Info, error)
}

// A File is open for reading. Its context is that of Open.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// A Writer writes one new file from its begin to its end. Exactly one of Close and Abort ends it.
type Writer interface {
	io.Writer

	// Close makes the file durable and checks that it is as long as what was written.
	Close() error

	// Abort gives the file up and removes what is there of it.
	Abort() error
}

// An Info describes a file or directory.
type Info struct {
	Path        string // clean and absolute, in its FS
	Dir         bool
	Link        bool // a symbolic link; the rest describes what it leads to
	Size        int64
	ModTime     time.Time
	Mode        iofs.FileMode // permission bits
	Owner       string
	Group       string
	Replication int // copies HDFS keeps; 0 for a local file or a directory
}

// Name is the last element of the path.
func (i Info) Name() string { return base(i.Path) }

// A Block is a piece of a file and the hosts that keep it.
type Block struct {
	Offset, Length int64
	Hosts          []string
}
