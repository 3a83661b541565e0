package shuffle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// CachedID names a partition of a persisted dataset.
type CachedID struct {
	Dataset   uint64
	Partition uint32
}

// String prints the id as logs and errors show it.
func (id CachedID) String() string {
	return fmt.Sprintf("dataset %d partition %d", id.Dataset, id.Partition)
}

// Source is what a Server serves. Implementations answer ErrNotFound for what they lack,
// and are called from many goroutines.
type Source interface {
	// OpenOutput opens a map output for reading.
	OpenOutput(ctx context.Context, id OutputID) (*OutputFile, error)
	// OpenCached opens a cached block; whoever opened it closes it.
	OpenCached(ctx context.Context, id CachedID) (*CachedBlock, error)
}

// CachedBlock is a block as BlockWriter wrote it. If Body is an *os.File it is sent without
// passing through this process's memory.
type CachedBlock struct {
	Meta BlockMeta
	Body io.ReadCloser
}

// OutputFile is an open map output whose index header was found right. Several may use it at a
// time, each of whom closes it.
type OutputFile struct {
	indexHeader
	data    *os.File
	index   io.ReaderAt // the index file, or its content
	raw     [indexHeaderSize]byte
	closers []io.Closer
	whose   atomic.Pointer[[]MapID] // members, once read
	users   atomic.Int32            // but for the first
}

// use makes somebody else a user of the file, who closes it too.
func (f *OutputFile) use() *OutputFile {
	f.users.Add(1)
	return f
}

// Close ends one use of the file; the last one closes it.
func (f *OutputFile) Close() error {
	if f.users.Add(-1) >= 0 {
		return nil
	}
	var failed []error
	for _, c := range f.closers {
		failed = append(failed, c.Close())
	}
	return errors.Join(failed...)
}

// fd is the data file's descriptor, as long as the file is in use.
func (f *OutputFile) fd() int { return int(f.data.Fd()) }

// entries returns the verified index entries of partitions [first, last).
func (f *OutputFile) entries(first, last int) ([]indexEntry, error) {
	return readEntries(f.index, f.indexHeader, f.raw[:], first, last)
}

// block returns a reader of one block. It leaves the file open.
func (f *OutputFile) block(e indexEntry) *BlockReader {
	if e.Bytes <= shortBlock {
		return NewBlockReader(&shortReader{from: f.data, at: e.offset, left: int(e.Bytes)}, e.BlockMeta)
	}
	return NewBlockReader(io.NewSectionReader(f.data, e.offset, e.Bytes), e.BlockMeta)
}

// OpenOutput opens the output's files for reading.
func (s *Store) OpenOutput(ctx context.Context, id OutputID) (f *OutputFile, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	missing := true
	err = s.try(s.first(id), func(dir *os.Root) error {
		f, err = openOutput(dir, id, anyOwner)
		missing = missing && errors.Is(err, fs.ErrNotExist)
		return err
	})
	if err != nil && missing {
		return nil, fmt.Errorf("%w: %v", ErrNotFound, id)
	}
	return f, err
}

// OpenCached answers ErrNotFound: a Store holds map outputs only.
func (s *Store) OpenCached(_ context.Context, id CachedID) (*CachedBlock, error) {
	return nil, fmt.Errorf("%w: %v", ErrNotFound, id)
}

// anyOwner is for a Store: who opened its directories was let in by the system.
func anyOwner(fs.FileInfo) error { return nil }

// openOutput opens an output's files, which check must accept.
func openOutput(dir *os.Root, id OutputID, check func(fs.FileInfo) error) (*OutputFile, error) {
	index, indexSize, err := openRegular(dir, indexName(id), check)
	if err != nil {
		return nil, err
	}
	data, dataSize, err := openRegular(dir, dataName(id), check)
	if err != nil {
		index.Close()
		return nil, err
	}
	f := &OutputFile{data: data, index: index, closers: []io.Closer{data, index}}
	f.indexHeader, f.raw, err = readIndexHeader(index, id, indexSize, dataSize)
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// load reads the index into memory, if it is short, and closes its file.
func (f *OutputFile) load() error {
	size := f.indexSize()
	if size > wholeIndex {
		f.index = &pagedIndex{ReaderAt: f.index}
		return nil
	}
	content := make([]byte, size)
	if _, err := f.index.ReadAt(content, 0); err != nil {
		f.Close()
		return fmt.Errorf("read index of %v: %w", f.OutputID, truncated(err))
	}
	f.index = bytes.NewReader(content)
	err := f.closers[1].Close()
	f.closers = f.closers[:1]
	return err
}

// indexBytes is how much memory the index takes.
func (f *OutputFile) indexBytes() int64 {
	if f.indexSize() > wholeIndex {
		return 0
	}
	return f.indexSize()
}

func (f *OutputFile) indexSize() int64 {
	return f.membersAt() + int64(f.members)
}

// has reports whether the output seems to be in this store.
func (s *Store) has(id OutputID) bool {
	return s.try(s.first(id), func(dir *os.Root) error {
		_, err := dir.Lstat(indexName(id))
		return err
	}) == nil
}
