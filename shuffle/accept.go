package shuffle

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// accept starts a goroutine for each connection, until the listener fails. Where all slots are
// taken, and where descriptors are short, the connection that was idle for longest is closed:
// its client opens another when it needs one.
func (s *Server) accept(ctx context.Context, conns *sync.WaitGroup) error {
	for pause := time.Duration(0); ; {
		if err := s.slot(ctx); err != nil {
			return err
		}
		conn, err := s.Listener.Accept()
		if err == nil {
			pause = 0
			conns.Go(func() {
				defer func() { <-s.slots }()
				s.serve(ctx, conn)
			})
			continue
		}
		<-s.slots
		var netErr net.Error
		if !errors.As(err, &netErr) || ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return err
		}
		s.guests.closeIdlest()
		pause = min(max(2*pause, 5*time.Millisecond), time.Second) // out of descriptors
		s.Log.Warn("accept failed", "error", err, "pause", pause)
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// slot takes a slot for the next connection.
func (s *Server) slot(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	s.guests.closeIdlest()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
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
