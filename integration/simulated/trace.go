package simulated

import (
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"time"
)

// trace is everything that happened, as a hash and, if somebody reads it, as lines.
type trace struct {
	sum   hash.Hash64
	lines io.Writer // nil for none
	buf   []byte
	count int
}

func newTrace(lines io.Writer) trace { return trace{sum: fnv.New64a(), lines: lines} }

func (t *trace) note(now time.Duration, format string, args ...any) {
	t.buf = fmt.Appendf(t.buf[:0], "%14d  ", int64(now))
	t.buf = append(fmt.Appendf(t.buf, format, args...), '\n')
	t.sum.Write(t.buf)
	t.count++
	if t.lines != nil {
		t.lines.Write(t.buf) //nolint:errcheck // a trace that cannot be printed is still hashed
	}
}
