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
	// Listener accepts connections. For a Source they are authenticated before the first Read
	// returns; for Applications they are plain TCP and begin with a proof.
	Listener net.Listener
	// Source answers every connection, or Applications choose one by what is proved.
	Source       Source
	Applications Applications

	Conns    int           // open connections; more wait to be accepted; 0: 4096
	Share    int           // connections of one application; 0: all
	Unproved int           // connections in the middle of their proof; 0: 1024
	Memory   int64         // bytes of long requests and their answers' heads; 0: 64 MB
	Timeout  time.Duration // without a byte moving in a request or an answer; 0: 120 s
	Idle     time.Duration // between requests; 0: 10 min
	Grace    time.Duration // for answers under way when stopped; 0: 5 s
	Log      hclog.Logger  // nil: none

	// FirstByte is told how long after a request its answer began; nil: nobody is.
	FirstByte func(time.Duration)
}

// Applications are those that a node's server serves. Methods are called from many goroutines.
type Applications interface {
	// Secret returns what a client of app must prove to know, while app runs.
	Secret(app string) (secret []byte, ok bool)
	// Source returns app's files, for a client that has proved its secret.
	Source(app string) (Source, error)
}

func (c *ServerConfig) complete() error {
	if c.Listener == nil || (c.Source == nil) == (c.Applications == nil) {
		return errors.New("shuffle server: a Listener and a Source or Applications are required")
	}
	c.Conns = orDefault(c.Conns, 4096)
	c.Share = orDefault(c.Share, c.Conns)
	c.Unproved = orDefault(c.Unproved, 1024)
	c.Memory = max(orDefault(c.Memory, 64<<20), minMemory)
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

// warnPeriod is how often failed proofs are warned of at most.
const warnPeriod = 10 * time.Second

// Server answers requests for blocks, straight from file to socket.
type Server struct {
	ServerConfig
	slots    chan struct{} // one for each open connection
	turns    *turnstile
	requests *room // for long requests
	heads    *room // for long heads of answers
	guests   guests
	counts   counts

	strangers seldom // warnings of failed proofs
}

// NewServer checks the configuration.
func NewServer(c ServerConfig) (*Server, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Server{ServerConfig: c, slots: make(chan struct{}, c.Conns), turns: newTurnstile(),
		requests: newRoom(c.Memory / 3), heads: newRoom(c.Memory - c.Memory/3)}
	s.guests.init()
	s.strangers.period = warnPeriod
	return s, nil
}

// Serve answers requests until ctx ends, then lets answers under way finish for the grace
// time, and returns when the last goroutine has ended. It closes the listener.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.Listener.Close()
		s.guests.stop()
	})
	defer stop()
	defer s.Listener.Close()
	var conns sync.WaitGroup
	err := s.accept(ctx, &conns)
	s.guests.stop()
	timer := time.AfterFunc(s.Grace, s.guests.closeAll)
	conns.Wait()
	timer.Stop()
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("shuffle server on %v: %w", s.Listener.Addr(), err)
}

// Disconnect ends the connections of an application that Applications no longer know.
func (s *Server) Disconnect(app string) { s.guests.disconnect(app) }

// serve answers one connection until it ends.
func (s *Server) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	g, err := s.guests.enter(conn, s.Unproved)
	if err != nil {
		return
	}
	defer s.guests.leave(g)
	source, err := s.admit(g)
	if err != nil {
		s.refused(conn.RemoteAddr(), err)
		return
	}
	s.counts.accepted.Add(1)
	ss := session{Server: s, guest: g, source: source}
	if err := ss.run(ctx); err != nil && ctx.Err() == nil {
		s.Log.Debug("connection ended", "peer", conn.RemoteAddr(), "error", err)
	}
}

// refused counts and logs a connection that was not admitted. Who failed to prove a secret is told
// to people, but not more often than they can read.
func (s *Server) refused(peer net.Addr, err error) {
	s.counts.refused(err)
	if errors.Is(err, ErrProof) {
		if kept, ok := s.strangers.pass(time.Now()); ok {
			s.Log.Warn("connection refused: an application's secret was not proved", "peer", peer,
				"error", err, "more since the last warning", kept)
			return
		}
	}
	s.Log.Debug("connection refused", "peer", peer, "error", err)
}

// admit has a connection prove whose it is, where several may be, and returns what it may read.
func (s *Server) admit(g *guest) (Source, error) {
	if s.Applications == nil {
		return s.Source, s.guests.admit(g, "", s.Share)
	}
	app, err := verify(g.Conn, s.Applications.Secret)
	if err != nil {
		return nil, err
	}
	// Counted first, asked for then: an application that ends in between is found either here
	// or by Disconnect.
	if err := s.guests.admit(g, app, s.Share); err != nil {
		return nil, errors.Join(err, welcome(g.Conn, statusBusy))
	}
	source, err := s.Applications.Source(app)
	if err != nil {
		return nil, err
	}
	return source, welcome(g.Conn, statusProved)
}
