package executor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/shuffle"
)

// Service is how an executor reaches the shuffle services of nodes.
type Service struct {
	// Application is the id by which the services know the application; "" where there are none.
	Application string
	// Addr is the host:port of this node's; "" where it has none: the executor then serves its
	// map outputs itself, and they go with it.
	Addr string
}

// serviceScheme tells the address of a node's shuffle service from that of an executor: they are
// dialed in different ways, and a failure says different things.
const serviceScheme = "service://"

// outputAddress is where the map outputs at a place are fetched.
func (s *services) outputAddress(p *control.Place) string {
	if s == nil || p.Service == "" {
		return p.Blocks
	}
	return serviceScheme + p.Service
}

// How a service is waited for. One that restarts is back within seconds; one that does not answer
// at the executor's start is left alone for the executor's life.
const (
	servicePause = 100 * time.Millisecond
	serviceDial  = 5 * time.Second // of one try
	startTime    = 3 * time.Second
)

// services connects to the shuffle services of nodes: plain TCP, on which both sides first prove
// that they know the application's secret. Its methods may be called from any goroutine. The
// Client keeps what was proved for the next fetches.
type services struct {
	application string
	secret      []byte
	mu          struct {
		sync.Mutex
		patience time.Duration
		away     map[string]time.Time // since when they do not answer
	}
}

// newServices gives nil where there are none.
func newServices(s Service, i *identity.Identity) (*services, error) {
	if s.Application == "" {
		return nil, nil
	}
	secret, err := i.ShuffleSecret()
	if err != nil {
		return nil, err
	}
	out := &services{application: s.Application, secret: secret}
	out.mu.patience, out.mu.away = startTime, map[string]time.Time{}
	return out, nil
}

// configure takes the time a service may be away while tasks need it.
func (s *services) configure(c *conf.Conf) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.patience = conf.ShuffleServicePatience.Get(c)
	clear(s.mu.away)
}

// findService sees whether this node's service answers and knows the application. One that does
// not must not be told as the place of this executor's output.
func (e *Executor) findService(ctx context.Context) {
	if e.services == nil || e.Service.Addr == "" {
		return
	}
	conn, err := e.services.dial(ctx, e.Service.Addr)
	if err != nil {
		e.Log.Warn("this node's shuffle service does not answer; the executor serves its map "+
			"outputs itself, and they are lost with it", "service", e.Service.Addr, "error", err)
		e.Service.Addr = ""
		return
	}
	_ = conn.Close()
}

// dial connects to a service and proves the secret. While the service is away, for its patience at
// most, or has too many connections, it tries on.
func (s *services) dial(ctx context.Context, addr string) (net.Conn, error) {
	for {
		conn, err := s.try(ctx, addr)
		if err == nil {
			s.answered(addr)
			return conn, nil
		}
		if !errors.Is(err, shuffle.ErrBusy) {
			if away, enough := s.missed(addr); enough {
				return nil, fmt.Errorf("not served for %s (weft.shuffle.service.patience): %w",
					away.Round(time.Second), err)
			}
		}
		if pause.For(ctx, servicePause) != nil {
			return nil, err
		}
	}
}

func (s *services) try(ctx context.Context, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, serviceDial)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := shuffle.Prove(ctx, conn, s.application, s.secret); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func (s *services) answered(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.mu.away, addr)
}

// missed notes that a service did not answer, and says for how long and whether that is enough.
// All tasks share the clock: the next one does not wait for a service that is known to be gone.
func (s *services) missed(addr string) (away time.Duration, enough bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, known := s.mu.away[addr]
	if !known {
		since = time.Now()
		s.mu.away[addr] = since
	}
	away = time.Since(since)
	return away, away >= s.mu.patience
}

// dial connects to whoever has a block: an executor, or a node's service.
func (e *Executor) dial(ctx context.Context, addr string) (net.Conn, error) {
	if at, ok := strings.CutPrefix(addr, serviceScheme); ok {
		return e.services.dial(ctx, at)
	}
	return e.dialPeer(ctx, addr)
}
