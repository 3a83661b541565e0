package fs

import (
	"context"
	"fmt"
	"io"
	iofs "io/fs"
	"sync"
	"time"

	"github.com/colinmarc/hdfs/v2"
)

// hdfsReader is an open file. The library's reader fails over to other DataNodes by itself.
type hdfsReader struct {
	fs      *hdfsFS
	session *session
	file    *hdfs.FileReader
	path    string
	ctx     context.Context
	forget  func()

	mu  sync.Mutex // the library's reader has one position; ReadAt may come from many goroutines
	pos int64      // of Read
}

// Open opens a file for reading at any offset.
func (h *hdfsFS) Open(ctx context.Context, p string) (File, error) { return h.open(ctx, p) }

// OpenAt opens a file for reading from an offset on.
func (h *hdfsFS) OpenAt(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	r, err := h.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if _, err := r.file.Seek(min(offset, r.Size()), io.SeekStart); err != nil {
		r.Close()
		return nil, h.wrap("read", p, err)
	}
	r.pos = offset
	return r, nil
}

func (h *hdfsFS) open(ctx context.Context, p string) (*hdfsReader, error) {
	r, err := call(ctx, h, again, func(s *session) (*hdfsReader, error) {
		file, err := s.client.Open(p)
		if err != nil {
			return nil, err
		}
		if file.Stat().IsDir() {
			return nil, fmt.Errorf("%w: it is a directory", iofs.ErrInvalid)
		}
		h.hold(s)
		return &hdfsReader{fs: h, session: s, file: file, path: p, ctx: ctx, forget: func() {}}, nil
	})
	if err != nil {
		return nil, h.wrap("open", p, err)
	}
	var deadline time.Time
	deadline, r.forget = h.dial.register(ctx)
	if err := r.file.SetDeadline(deadline); err != nil {
		r.abandon()
		return nil, h.wrap("open", p, err)
	}
	return r, nil
}

func (r *hdfsReader) abandon() { _ = r.Close() }

// hold keeps a session that is in use for a file too.
func (h *hdfsFS) hold(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.use()
}

// Size is the length of the file when it was opened.
func (r *hdfsReader) Size() int64 { return r.file.Stat().Size() }

// readTries is how often a read is begun anew when every DataNode failed. The library then asks
// all of them again; a DataNode that gave up on a reader that was slow serves it at once.
const readTries = 3

// Read reads on from the last position.
func (r *hdfsReader) Read(b []byte) (int, error) {
	for try := 1; ; try++ {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		n, err := r.file.Read(b)
		r.pos += int64(n)
		if err == io.EOF && r.pos < r.Size() {
			err = io.ErrUnexpectedEOF // of a connection, not of the file
		}
		if n > 0 || err == nil || err == io.EOF || try == readTries {
			return n, r.wrap(err)
		}
	}
}

// ReadAt reads at an offset; one goroutine at a time, others wait.
func (r *hdfsReader) ReadAt(b []byte, offset int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if offset >= r.Size() {
		return 0, io.EOF
	}
	n, err := r.file.ReadAt(b, offset)
	if err == io.EOF && offset+int64(n) < r.Size() {
		err = io.ErrUnexpectedEOF
	}
	return n, r.wrap(err)
}

func (r *hdfsReader) wrap(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	return r.fs.wrap("read", r.path, err)
}

// Close closes the file.
func (r *hdfsReader) Close() error {
	err := r.file.Close()
	r.forget()
	r.fs.release(r.session, false)
	return err
}
