package shuffle

import (
	"io"
	"sync/atomic"
)

// shortBlock is up to where a block on this host's disk is read at once. Where blocks are many they
// are short, and what they cost is calls of the system.
const shortBlock = frameTarget + 4<<10

// shortReader reads a short block at once. Its memory is fresh, and goes to who reads it.
type shortReader struct {
	from io.ReaderAt
	at   int64
	left int // to be read
	buf  []byte
}

// take returns the next n bytes without a copy.
func (s *shortReader) take(n int) ([]byte, error) {
	if s.left > 0 {
		s.buf = make([]byte, s.left) // a file has confirmed it
		s.left = 0
		if _, err := s.from.ReadAt(s.buf, s.at); err != nil {
			return nil, truncated(err)
		}
	}
	if n > len(s.buf) {
		return nil, truncated(io.EOF)
	}
	taken := s.buf[:n:n]
	s.buf = s.buf[n:]
	return taken, nil
}

// Read makes it an io.Reader.
func (s *shortReader) Read(p []byte) (int, error) {
	if s.left == 0 && len(s.buf) == 0 {
		return 0, io.EOF
	}
	b, err := s.take(min(len(p), max(s.left, len(s.buf))))
	return copy(p, b), err
}

// pagedIndex keeps the page of a long index that was read last: an executor's reduce tasks come in
// order, and so do their entries. It is used by many goroutines.
type pagedIndex struct {
	io.ReaderAt
	last atomic.Pointer[page]
}

type page struct {
	at      int64
	content []byte
}

const pageSize = 8 << 10

// ReadAt reads a few bytes from the page, and more from the file.
func (x *pagedIndex) ReadAt(b []byte, at int64) (int, error) {
	if len(b) > pageSize {
		return x.ReaderAt.ReadAt(b, at)
	}
	p := x.last.Load()
	if p == nil || at < p.at || at+int64(len(b)) > p.at+int64(len(p.content)) {
		p = &page{at, make([]byte, pageSize)}
		n, err := x.ReaderAt.ReadAt(p.content, at)
		if n < len(b) {
			return copy(b, p.content[:n]), err
		}
		p.content = p.content[:n]
		x.last.Store(p)
	}
	return copy(b, p.content[at-p.at:]), nil
}
