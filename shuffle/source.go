package shuffle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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

// OutputFile is an open map output whose index header was found right.
type OutputFile struct {
	indexHeader
	data, index *os.File
	raw         [indexHeaderSize]byte
}

// Close closes the files.
func (f *OutputFile) Close() error { return errors.Join(f.data.Close(), f.index.Close()) }

// entries returns the verified index entries of partitions [first, last).
func (f *OutputFile) entries(first, last int) ([]indexEntry, error) {
	return readEntries(f.index, f.indexHeader, f.raw[:], first, last)
}

// block returns a reader of one block. It leaves the file open.
func (f *OutputFile) block(e indexEntry) *BlockReader {
	return NewBlockReader(io.NewSectionReader(f.data, e.offset, e.Bytes), e.BlockMeta)
}

// OpenOutput opens the output's files for reading.
func (s *Store) OpenOutput(ctx context.Context, id OutputID) (f *OutputFile, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	missing := true
	err = s.try(s.first(id), func(dir *os.Root) error {
		f, err = openOutput(dir, id)
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

func openOutput(dir *os.Root, id OutputID) (*OutputFile, error) {
	index, indexSize, err := openRegular(dir, indexName(id))
	if err != nil {
		return nil, err
	}
	data, dataSize, err := openRegular(dir, dataName(id))
	if err != nil {
		index.Close()
		return nil, err
	}
	f := &OutputFile{data: data, index: index}
	f.indexHeader, f.raw, err = readIndexHeader(index, id, indexSize, dataSize)
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// has reports whether the output seems to be in this store.
func (s *Store) has(id OutputID) bool {
	return s.try(s.first(id), func(dir *os.Root) error {
		_, err := dir.Lstat(indexName(id))
		return err
	}) == nil
}
