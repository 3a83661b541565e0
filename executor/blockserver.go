package executor

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/shuffle"
)

// blockServer gives other executors the map outputs and cached blocks of this one.
type blockServer struct {
	listener net.Listener
	addr     string // host:port for others
}

// listen opens the port before the executor registers, because the address is in Register. Peers
// must hold the application's identity.
func listen(host, at string, i *identity.Identity) (*blockServer, error) {
	l, err := net.Listen("tcp", cmp.Or(at, net.JoinHostPort(host, "0")))
	if err != nil && at == "" { // a name that others reach and this machine does not have
		l, err = net.Listen("tcp", ":0")
	}
	if err != nil {
		return nil, fmt.Errorf("serve blocks: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("serve blocks: %w", err)
	}
	return &blockServer{tls.NewListener(l, i.ServerTLS()), net.JoinHostPort(host, port)}, nil
}

func (b *blockServer) serve(ctx context.Context, s source, log hclog.Logger) error {
	server, err := shuffle.NewServer(shuffle.ServerConfig{Listener: b.listener, Source: s, Log: log})
	if err != nil {
		return err
	}
	return server.Serve(ctx)
}

func (b *blockServer) close() error {
	if err := b.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// dialPeer connects to another executor's block server.
func (e *Executor) dialPeer(ctx context.Context, addr string) (net.Conn, error) {
	d := &tls.Dialer{Config: e.peerTLS}
	return d.DialContext(ctx, "tcp", addr)
}

// source is what the block server serves: map outputs from the store, blocks from the cache.
type source struct {
	*shuffle.Store
	cache *cache
}

// OpenCached opens a block of a persisted dataset.
func (s source) OpenCached(_ context.Context, id shuffle.CachedID) (*shuffle.CachedBlock, error) {
	b, ok := s.cache.open(blockOf(id))
	if !ok {
		return nil, fmt.Errorf("%w: %v", shuffle.ErrNotFound, id)
	}
	return b, nil
}
