package shuffle

import (
	"bufio"
	"context"
	"io"
	"sync"
	"time"
)

// writers are the write buffers of answers with cached blocks.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, streamBuffer) }}

// cached answers a request for cached blocks, which may lie in memory.
func (s *session) cached(ctx context.Context, q request) error {
	out := writers.Get().(*bufio.Writer)
	out.Reset(deadlineWriter{s})
	defer func() {
		out.Reset(nil)
		writers.Put(out)
	}()
	lost := 0
	for _, it := range q.items {
		served, err := s.cachedBlock(ctx, out, it.cached)
		if err != nil {
			return err
		}
		if !served {
			lost++
		}
	}
	s.counts.served(q, lost)
	return out.Flush()
}

// cachedBlock sends a block. Only an error of the connection, or one after the head has gone,
// ends the session; all others are told to the client.
func (s *session) cachedBlock(ctx context.Context, out io.Writer, id CachedID) (
	served bool, err error,
) {
	block, err := s.source.OpenCached(ctx, id)
	if err != nil {
		s.counts.failed(statusOf(err))
		s.Log.Debug("block not served", "peer", s.RemoteAddr(), "cached", id, "error", err)
		_, err = out.Write(encodeFailure(statusOf(err), err.Error()))
		return false, err
	}
	defer block.Body.Close()
	if _, err := out.Write(encodeAnswer([]BlockMeta{block.Meta})); err != nil {
		return false, err
	}
	if _, err = io.CopyN(out, block.Body, block.Meta.Bytes); err == io.EOF {
		err = short(err)
	}
	return true, err
}

// deadlineWriter gives every write its own time, and counts.
type deadlineWriter struct{ *session }

func (w deadlineWriter) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.Timeout)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Write(p)
	w.counts.bytes.Add(int64(n))
	return n, err
}
