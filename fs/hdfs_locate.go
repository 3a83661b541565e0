package fs

import (
	"context"
)

type Located struct {
	Offset, Length int64
	Hosts          []string
}

// locator is what colinmarc/hdfs lacks.
type locator interface {
	BlockLocations(ctx context.Context, path string, offset, length int64) ([]Located, error)
	Rename(ctx context.Context, from, to string) error
	Close() error
}

func (h *hdfsFS) locatorOf() (locator, error) { return nil, nil }
