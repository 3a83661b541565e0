package fs

import (
	"context"
	"errors"
	"time"

	"github.com/colinmarc/hdfs/v2"
)

// hdfsWriter is a file being written. A DataNode that fails breaks it once something is written:
// the library does not repair a pipeline, so the task attempt fails and is tried again.
type hdfsWriter struct {
	fs       *hdfsFS
	session  *session
	file     *hdfs.FileWriter
	path     string
	ctx      context.Context
	cancel   func()
	deadline time.Time // stands for ctx
	forget   func()
	written  int64
}

// Create makes a new file with the replication and block size of the configuration.
func (h *hdfsFS) Create(ctx context.Context, p string) (Writer, error) {
	w, err := call(ctx, h, once, func(s *session) (*hdfsWriter, error) {
		file, err := h.create(s, p)
		if err != nil {
			return nil, err
		}
		h.hold(s)
		w := &hdfsWriter{fs: h, session: s, file: file, path: p, forget: func() {}}
		w.ctx, w.cancel = context.WithCancel(ctx)
		return w, nil
	})
	if err != nil {
		return nil, h.wrap("create", p, err)
	}
	w.deadline, w.forget = h.dial.register(w.ctx)
	if err := w.file.SetDeadline(w.deadline); err != nil {
		return nil, errors.Join(h.wrap("create", p, err), w.Abort())
	}
	return w, nil
}

func (h *hdfsFS) create(s *session, p string) (*hdfs.FileWriter, error) {
	return s.client.CreateFile(p, h.replication, h.blockSize, 0o644)
}

// abandon is Abort without asking the NameNode to remove the file: it runs inside a call.
func (w *hdfsWriter) abandon() {
	_ = w.file.Close()
	_ = w.session.client.Remove(w.path)
	w.release()
}

// Write adds to the file.
func (w *hdfsWriter) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	write := w.file.Write
	if w.written == 0 {
		write = w.begin
	}
	n, err := write(b)
	w.written += int64(n)
	if err != nil {
		return n, w.fs.wrap("write", w.path, err)
	}
	return n, nil
}

// Close waits until the NameNode knows every block, and checks the length.
func (w *hdfsWriter) Close() error {
	defer w.release()
	if err := w.complete(); err != nil {
		return w.fs.wrap("close", w.path, err)
	}
	info, err := w.fs.Stat(w.ctx, w.path)
	if err != nil {
		return err
	}
	return checkLength(w.fs.URL(w.path), info.Size, w.written)
}

// complete closes again and again while DataNodes have not yet told the NameNode of their copies.
func (w *hdfsWriter) complete() error {
	deadline := time.Now().Add(w.fs.r.timeout)
	wait := time.Millisecond
	for {
		err := w.file.Close()
		if !hdfs.IsErrReplicating(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(wait):
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
		wait = min(2*wait, time.Second)
	}
}

// Abort gives the file up and removes it. The library's goroutines end only by its Close, so that
// comes first; where the connection is gone, one that waits for acknowledgements stays parked for
// good (colinmarc/hdfs 2.4.0, ackPackets), a few kilobytes for each write that a DataNode broke.
func (w *hdfsWriter) Abort() error {
	defer w.release()
	_ = w.file.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), w.fs.r.timeout)
	defer cancel()
	return w.fs.RemoveAll(ctx, w.path)
}

func (w *hdfsWriter) release() {
	w.cancel()
	w.forget()
	w.fs.release(w.session, false)
}
