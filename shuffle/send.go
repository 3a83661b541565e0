package shuffle

import (
	"context"
	"errors"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// sendPiece is how much of a large block is sent in one turn.
	sendPiece = 1 << 20
	// minFit is the least that is gathered for a socket that takes little.
	minFit = 4 << 10
)

// send sends the reply to a plain TCP connection: small blocks gathered by pread, large ones
// straight from the page cache. It writes in turns that never wait for the client; between
// them, while the socket takes nothing, it holds no buffer.
func (r *reply) send(ctx context.Context, conn syscall.RawConn) error {
	if err := r.SetWriteDeadline(time.Now().Add(r.Timeout)); err != nil {
		return err
	}
	var failed error
	err := conn.Write(func(fd uintptr) (done bool) {
		for !r.done() {
			full, err := r.turn(ctx, int(fd))
			if err != nil {
				failed = err
				return true
			}
			if full { // wait until the socket takes more
				failed = r.SetWriteDeadline(time.Now().Add(r.Timeout))
				return failed != nil
			}
		}
		return true
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	r.counts.served(r.q, r.lost)
	return nil
}

// turn sends as much as one turn allows; full says that the socket takes no more.
func (r *reply) turn(ctx context.Context, fd int) (full bool, err error) {
	b := r.turns.enter(r.tenant)
	defer r.turns.leave(b)
	if err := r.fill(ctx, b, smallBlock); err != nil {
		return false, err
	}
	if len(b.data) > 0 {
		if full, err := r.put(fd, b); full || err != nil {
			return full, err
		}
	}
	if r.done() || !r.large() {
		return false, nil
	}
	return r.sendfile(fd)
}

// large reports whether what comes next is the body of a large piece.
func (r *reply) large() bool {
	p := r.piece
	return p != nil && p.item == r.item && p.bytes > smallBlock && r.sent >= int64(len(p.head))
}

// put writes a buffer. What the socket does not take is forgotten, and read again later.
func (r *reply) put(fd int, b *sendBuffer) (full bool, err error) {
	flags := 0
	if !r.done() && r.large() {
		flags = unix.MSG_MORE // so that a head goes out together with its block
	}
	n, err := retry(func() (int, error) { return sendNow(fd, b.data, flags|unix.MSG_NOSIGNAL) })
	if errors.Is(err, unix.EAGAIN) {
		n, err = 0, nil
	}
	if err != nil {
		return false, err
	}
	r.moved(n)
	if n < len(b.data) {
		r.fit = max(n, minFit) // what is read again and again is read for nothing
		r.rewind(b, n)
		return true, nil
	}
	r.fit = min(2*orDefault(r.fit, len(b.whole)), len(b.whole))
	return false, nil
}

// sendfile sends a part of the piece's file.
func (r *reply) sendfile(fd int) (full bool, err error) {
	p := r.piece
	at := r.sent - int64(len(p.head))
	offset := p.offset + at
	n, err := retry(func() (int, error) {
		return unix.Sendfile(fd, p.file.fd(), &offset, int(min(sendPiece, p.bytes-at)))
	})
	if errors.Is(err, unix.EAGAIN) {
		return true, nil
	}
	if err == nil && n == 0 {
		err = short(io.EOF)
	}
	if err != nil {
		return false, err
	}
	r.moved(n)
	r.advance(p, int64(n))
	return false, nil
}

// retry calls again what a signal interrupted.
func retry(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
