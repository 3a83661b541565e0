package shuffle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// smallBlock is up to where blocks are gathered in a buffer; larger ones go from file
	// to socket by sendfile, in pieces, each of which must move within the timeout.
	smallBlock = 32 << 10
	sendPiece  = 4 << 20
)

// buffers are the sessions' write buffers: one for each answer under way, none for an idle
// connection.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 2*smallBlock) }}

// session answers one connection's requests.
type session struct {
	*Server
	conn   net.Conn
	source Source
	out    *bufio.Writer // while an answer is under way
}

// run answers requests until the client ends the connection, or the server stops.
func (s *session) run(ctx context.Context) error {
	for {
		if err := s.readBefore(s.conn, s.Idle); err != nil {
			return err
		}
		q, err := readRequest(s.conn)
		if err == io.EOF {
			return nil
		}
		if err := s.answer(ctx, q, err); err != nil {
			return err
		}
	}
}

// answer answers a request, or what was wrong with it.
func (s *session) answer(ctx context.Context, q request, bad error) error {
	s.out = buffers.Get().(*bufio.Writer)
	s.out.Reset(deadlineWriter{s.conn, s.Timeout})
	defer func() {
		s.out.Reset(nil)
		buffers.Put(s.out)
		s.out = nil
	}()
	if bad != nil {
		if errors.Is(bad, errRequest) {
			// The connection is given up; a peer that does not read the reason gets none.
			_, _ = s.out.Write(encodeFailure(statusRefused, bad.Error()))
			_ = s.out.Flush()
		}
		return bad
	}
	for _, it := range q.items {
		if err := s.item(ctx, q, it); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

// item answers one item. Only an error of the connection, or one after the head of the
// answer has gone, ends the session; all others are told to the client.
func (s *session) item(ctx context.Context, q request, it item) error {
	metas, body, err := s.open(ctx, q, it)
	if err != nil {
		return s.fail(q, it, err)
	}
	defer body.Close()
	if _, err := s.out.Write(encodeAnswer(metas)); err != nil {
		return err
	}
	for _, m := range metas {
		body.left += m.Bytes
	}
	return s.send(body)
}

// fail tells the client why an item cannot be served.
func (s *session) fail(q request, it item, err error) error {
	st := statusFailed
	switch {
	case errors.Is(err, ErrNotFound):
		st = statusNotFound
	case errors.Is(err, ErrCorrupt):
		st = statusCorrupt
	}
	s.Log.Warn("block not served", "peer", s.conn.RemoteAddr(), "shuffle", q.shuffle,
		"map", it.mapID, "attempt", it.attempt, "cached", it.cached, "error", err)
	_, werr := s.out.Write(encodeFailure(st, err.Error()))
	return werr
}

// piece is the part of a file, or another source, that answers an item.
type piece struct {
	io.Closer
	r    io.Reader
	left int64
}

// open finds the blocks of an item.
func (s *session) open(ctx context.Context, q request, it item) ([]BlockMeta, *piece, error) {
	if q.kind == kindCached {
		block, err := s.source.OpenCached(ctx, it.cached)
		if err != nil {
			return nil, nil, err
		}
		return []BlockMeta{block.Meta}, &piece{Closer: block.Body, r: block.Body}, nil
	}
	f, err := s.source.OpenOutput(ctx, OutputID{q.shuffle, it.mapID, it.attempt})
	if err != nil {
		return nil, nil, err
	}
	metas, err := f.seek(it.first, it.first+it.count)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return metas, &piece{Closer: f, r: f.data}, nil
}

// seek moves the data file to the first of the blocks [first, last) and returns their meta
// data.
func (f *OutputFile) seek(first, last int) ([]BlockMeta, error) {
	entries, err := f.entries(first, last)
	if err != nil {
		return nil, err
	}
	metas := make([]BlockMeta, len(entries))
	for i, e := range entries {
		metas[i] = e.BlockMeta
	}
	_, err = f.data.Seek(entries[0].offset, io.SeekStart)
	return metas, err
}

// send copies a piece to the client. A file goes to a TCP connection by sendfile, which
// io.CopyN finds out as long as neither is wrapped.
func (s *session) send(p *piece) error {
	if p.left <= smallBlock {
		_, err := io.CopyN(s.out, struct{ io.Reader }{p.r}, p.left)
		return short(err)
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	for ; p.left > 0; p.left -= sendPiece {
		if err := s.conn.SetWriteDeadline(time.Now().Add(s.Timeout)); err != nil {
			return err
		}
		if _, err := s.copy(p.r, min(p.left, sendPiece)); err != nil {
			return short(err)
		}
	}
	return nil
}

func (s *session) copy(r io.Reader, n int64) (int64, error) {
	_, file := r.(*os.File)
	if _, tcp := s.conn.(*net.TCPConn); file && tcp {
		return io.CopyN(s.conn, r, n)
	}
	return io.CopyN(s.out, struct{ io.Reader }{r}, n)
}

func short(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w: file is shorter than its index says", ErrCorrupt)
	}
	return err
}

// deadlineWriter gives every write its own time.
type deadlineWriter struct {
	conn    net.Conn
	timeout time.Duration
}

func (w deadlineWriter) Write(p []byte) (int, error) {
	if err := w.conn.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return 0, err
	}
	return w.conn.Write(p)
}
