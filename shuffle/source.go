package shuffle

import (
	"context"
	"io"
)

// CachedID names a partition of a persisted dataset.
type CachedID struct {
	Dataset   uint64
	Partition uint32
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

// OutputFile is an open map output.
type OutputFile struct{}

// Close closes the files.
func (f *OutputFile) Close() error { panic("shuffle: not built yet") }

// OpenOutput opens the output's files for reading.
func (s *Store) OpenOutput(ctx context.Context, id OutputID) (*OutputFile, error) {
	panic("shuffle: not built yet")
}

// OpenCached answers ErrNotFound: a Store holds map outputs only.
func (s *Store) OpenCached(ctx context.Context, id CachedID) (*CachedBlock, error) {
	return nil, ErrNotFound
}
