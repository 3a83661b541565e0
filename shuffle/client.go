package shuffle

import (
	"context"
	"net"
	"time"
)

// ClientConfig says how a Client reaches servers.
type ClientConfig struct {
	// Dial connects and authenticates; nothing is sent before it returns. nil: plain TCP.
	Dial    func(ctx context.Context, addr string) (net.Conn, error)
	Timeout time.Duration // without a byte moving, then the connection is given up; 0: 60 s
	Idle    int           // connections kept for each address; 0: 2
}

// Client fetches blocks from servers and keeps connections for the next fetch. One serves
// all tasks of an executor; all methods may be called from any goroutine.
type Client struct{}

// NewClient returns a Client.
func NewClient(c ClientConfig) *Client { panic("shuffle: not built yet") }

// FetchCached fetches a cached block from the executor at addr; ErrNotFound when it is no
// longer there. Close the reader.
func (c *Client) FetchCached(ctx context.Context, addr string, id CachedID) (*BlockReader, error) {
	panic("shuffle: not built yet")
}

// Close closes the kept connections. Fetches under way are not interrupted.
func (c *Client) Close() error { panic("shuffle: not built yet") }
