package fs

import (
	"context"
	"time"

	"github.com/weft-data/weft/rmclient/namenode"
)

// locator is what colinmarc/hdfs lacks: where blocks lie, and a rename that does not overwrite.
type locator interface {
	BlockLocations(ctx context.Context, path string, offset, length int64) ([]namenode.Block, error)
	Rename(ctx context.Context, from, to string) error
	Close() error
}

// locate is our own client of the NameNode, made when first needed. It connects by itself, and
// closes what is idle.
func (h *hdfsFS) locate() (locator, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mu.closed {
		return nil, errClosed
	}
	if h.mu.locator == nil {
		client, err := namenode.New(namenode.Config{
			Addresses:   h.options.Addresses,
			User:        h.options.User,
			DialTimeout: connectTimeout,
			CallTimeout: h.r.timeout,
			RetryFor:    patience,
			RetryBase:   100 * time.Millisecond,
			Logger:      h.r.log,
		})
		if err != nil {
			return nil, err
		}
		h.mu.locator = client
	}
	return h.mu.locator, nil
}
