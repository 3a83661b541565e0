package executor

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/shuffle"
)

const testApplication = "application_1700000000000_0001"

// nodeService is a shuffle service that only takes proofs; it can be stopped and started again.
type nodeService struct {
	t      *testing.T
	addr   string
	secret []byte
	done   sync.WaitGroup
	door   net.Listener
	proofs chan error
}

func startService(t *testing.T, addr string, secret []byte) *nodeService {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &nodeService{t: t, addr: l.Addr().String(), secret: secret, door: l,
		proofs: make(chan error, 100)}
	s.done.Go(s.serve)
	return s
}

func (s *nodeService) serve() {
	for {
		conn, err := s.door.Accept()
		if err != nil {
			return
		}
		_, err = shuffle.Verify(conn, func(string) ([]byte, bool) { return s.secret, true })
		s.proofs <- err
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}
}

func (s *nodeService) stop() {
	_ = s.door.Close()
	s.done.Wait()
}

func newTestServices(t *testing.T, patience string) (*services, []byte) {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServices(Service{Application: testApplication}, id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := conf.Load(conf.Sources{
		Conf:   []string{"weft.shuffle.service.patience=" + patience},
		Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.configure(c)
	secret, err := id.ShuffleSecret()
	if err != nil {
		t.Fatal(err)
	}
	return s, secret
}

func TestServiceIsProved(t *testing.T) {
	s, secret := newTestServices(t, "0s")
	service := startService(t, "127.0.0.1:0", secret)
	defer service.stop()
	for range 2 { // every connection proves for itself
		conn, err := s.dial(t.Context(), service.addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if err := <-service.proofs; err != nil {
			t.Fatal(err)
		}
	}
}

func TestServiceWithAnotherSecretIsRefused(t *testing.T) {
	s, _ := newTestServices(t, "0s")
	service := startService(t, "127.0.0.1:0", make([]byte, shuffle.SecretSize))
	defer service.stop()
	if _, err := s.dial(t.Context(), service.addr); !errors.Is(err, shuffle.ErrProof) {
		t.Fatalf("%v", err)
	}
}

func TestServiceThatRestartsIsWaitedFor(t *testing.T) {
	s, secret := newTestServices(t, "1m")
	first := startService(t, "127.0.0.1:0", secret)
	first.stop()
	dialed := make(chan error, 1)
	go func() {
		conn, err := s.dial(t.Context(), first.addr)
		if err == nil {
			_ = conn.Close()
		}
		dialed <- err
	}()
	for !s.isAway(first.addr) { // it has tried, and is waiting
		if err := pause.For(t.Context(), time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	second := startService(t, first.addr, secret)
	defer second.stop()
	if err := <-dialed; err != nil {
		t.Fatal(err)
	}
	if s.isAway(first.addr) {
		t.Error("it still counts as away")
	}
}

func (s *services) isAway(addr string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, away := s.mu.away[addr]
	return away
}

func TestServiceThatStaysAwayIsGivenUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newTestServices(t, "15s")
		const nowhere = "127.0.0.1:0" // refused at once
		start := time.Now()
		_, err := s.dial(t.Context(), nowhere)
		if d := time.Since(start); d < 15*time.Second || d > 16*time.Second {
			t.Errorf("given up after %s", d)
		}
		if err == nil || !strings.Contains(err.Error(), "weft.shuffle.service.patience") {
			t.Errorf("%v", err)
		}
		start = time.Now()
		if _, err = s.dial(t.Context(), nowhere); err == nil || time.Since(start) > 0 {
			t.Errorf("the next task waited %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.dial(ctx, "127.0.0.2:0"); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("without the reason: %v", err)
		}
	})
}

// S108: where its node's service does not answer, the executor serves its output itself.
func TestServiceThatDoesNotAnswerIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newTestServices(t, "3s")
		e := &Executor{services: s, Options: Options{
			Service: Service{Application: testApplication, Addr: "127.0.0.1:0"},
			Log:     hclog.NewNullLogger(),
		}}
		e.findService(t.Context())
		if e.Service.Addr != "" {
			t.Errorf("%+v", e.Service)
		}
	})
}
