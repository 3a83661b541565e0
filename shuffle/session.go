package shuffle

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// session answers one connection's requests.
type session struct {
	*Server
	*guest
	source Source
}

// run answers requests until the client ends the connection, or the server stops. While it
// waits for one it holds no buffer, only its goroutine.
func (s *session) run(ctx context.Context) error {
	for {
		if err := s.guests.rest(s.guest, s.Idle); err != nil {
			return err
		}
		q, held, err := s.read(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = s.answer(ctx, q)
		} else if errors.Is(err, errRequest) {
			s.refuse(err)
		}
		s.requests.give(&s.tenant.requestRoom, held)
		if err != nil {
			return err
		}
	}
}

// read reads a request, and returns how much room it took.
func (s *session) read(ctx context.Context) (q request, held int64, err error) {
	head, err := readRequestHead(s.Conn)
	if err != nil {
		return q, 0, err
	}
	if err := s.guests.wake(s.guest, s.Timeout); err != nil {
		return q, 0, err
	}
	if head.items > shortRequest {
		held = int64(head.items) * itemRoom
		if err := s.requests.take(ctx, &s.tenant.requestRoom, held); err != nil {
			return q, 0, err
		}
	}
	q, err = readItems(s.Conn, head)
	return q, held, err
}

// refuse tells the client what is wrong with its request. The connection is given up; a peer
// that does not read the reason gets none.
func (s *session) refuse(reason error) {
	s.counts.failed(statusRefused)
	s.SetWriteDeadline(time.Now().Add(s.Timeout))
	_, _ = s.Conn.Write(encodeFailure(statusRefused, reason.Error()))
}

// answer answers a request.
func (s *session) answer(ctx context.Context, q request) error {
	if q.kind == kindCached {
		return s.cached(ctx, q)
	}
	r := reply{session: s, q: q, asked: time.Now()}
	defer r.close()
	if room := q.headRoom(); room > 0 {
		if err := s.heads.take(ctx, &s.tenant.headRoom, room); err != nil {
			return err
		}
		defer s.heads.give(&s.tenant.headRoom, room)
	}
	if tcp, ok := s.Conn.(*net.TCPConn); ok {
		raw, err := tcp.SyscallConn()
		if err != nil {
			return err
		}
		return r.send(ctx, raw)
	}
	return r.stream(ctx)
}

// statusOf is how an error is told to the client.
func statusOf(err error) status {
	switch {
	case errors.Is(err, ErrNotFound):
		return statusNotFound
	case errors.Is(err, ErrCorrupt):
		return statusCorrupt
	}
	return statusFailed
}

// outOfFiles reports whether an error says that there are too many open files.
func outOfFiles(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
