package shuffle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// ServerConfig says what a Server serves, where, and within which limits.
type ServerConfig struct {
	// Listener accepts connections that are authenticated before the first Read returns.
	Listener net.Listener
	// Source answers every connection. SourceFor, if set, chooses one by the connection's
	// identity instead (a service for many applications); its error closes the connection.
	Source    Source
	SourceFor func(net.Conn) (Source, error)

	Conns   int           // open connections; more wait to be accepted; 0: 4096
	Timeout time.Duration // without a byte moving in a request or an answer; 0: 120 s
	Idle    time.Duration // between requests; 0: 10 min
	Grace   time.Duration // for answers under way when stopped; 0: 5 s
	Log     hclog.Logger  // nil: none
}

func (c *ServerConfig) complete() error {
	if c.Listener == nil || c.Source == nil && c.SourceFor == nil {
		return errors.New("shuffle server: a Listener and a Source are required")
	}
	if c.SourceFor == nil {
		source := c.Source
		c.SourceFor = func(net.Conn) (Source, error) { return source, nil }
	}
	c.Conns = orDefault(c.Conns, 4096)
	c.Timeout = orDefault(c.Timeout, 120*time.Second)
	c.Idle = orDefault(c.Idle, 10*time.Minute)
	c.Grace = orDefault(c.Grace, 5*time.Second)
	if c.Log == nil {
		c.Log = hclog.NewNullLogger()
	}
	return nil
}

// orDefault returns v, or d where v is zero.
func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

// Server answers requests for blocks, straight from file to socket.
type Server struct {
	ServerConfig
	slots chan struct{} // one for each open connection
	mu    struct {
		sync.Mutex
		conns    map[net.Conn]struct{}
		stopping bool
	}
}

// NewServer checks the configuration.
func NewServer(c ServerConfig) (*Server, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Server{ServerConfig: c, slots: make(chan struct{}, c.Conns)}
	s.mu.conns = map[net.Conn]struct{}{}
	return s, nil
}

// Serve answers requests until ctx ends, then lets answers under way finish for the grace
// time, and returns when the last goroutine has ended. It closes the listener.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.Listener.Close()
		s.stopReading()
	})
	defer stop()
	defer s.Listener.Close()
	var conns sync.WaitGroup
	err := s.accept(ctx, &conns)
	s.stopReading()
	timer := time.AfterFunc(s.Grace, s.closeAll)
	conns.Wait()
	timer.Stop()
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("shuffle server on %v: %w", s.Listener.Addr(), err)
}

// accept starts a goroutine for each connection, until the listener fails.
func (s *Server) accept(ctx context.Context, conns *sync.WaitGroup) error {
	for pause := time.Duration(0); ; {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		conn, err := s.Listener.Accept()
		if err == nil {
			pause = 0
			conns.Go(func() { s.serve(ctx, conn) })
			continue
		}
		<-s.slots
		var netErr net.Error
		if !errors.As(err, &netErr) || ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return err
		}
		pause = min(max(2*pause, 5*time.Millisecond), time.Second) // out of descriptors
		s.Log.Warn("accept failed", "error", err, "pause", pause)
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// wait returns after d, or with ctx's error when that ends first.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve answers one connection until it ends.
func (s *Server) serve(ctx context.Context, conn net.Conn) {
	defer func() { <-s.slots }()
	defer conn.Close()
	if !s.add(conn) {
		return
	}
	defer s.remove(conn)
	source, err := s.SourceFor(conn)
	if err != nil {
		s.Log.Warn("connection refused", "peer", conn.RemoteAddr(), "error", err)
		return
	}
	ss := session{Server: s, conn: conn, source: source}
	if err := ss.run(ctx); err != nil && ctx.Err() == nil {
		s.Log.Debug("connection ended", "peer", conn.RemoteAddr(), "error", err)
	}
}

func (s *Server) add(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mu.stopping {
		s.mu.conns[conn] = struct{}{}
	}
	return !s.mu.stopping
}

func (s *Server) remove(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.mu.conns, conn)
}

// stopReading ends the wait for further requests; answers under way go on.
func (s *Server) stopReading() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.stopping = true
	for conn := range s.mu.conns {
		conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.mu.conns {
		conn.Close()
	}
}

// readBefore sets conn's read deadline, unless the server is stopping.
func (s *Server) readBefore(conn net.Conn, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopping {
		return net.ErrClosed
	}
	return conn.SetReadDeadline(time.Now().Add(d))
}
