package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	batchSize = 1 << 20  // bytes of a batch, but for longer lines
	maxLine   = 64 << 20 // a longer line is taken for a mistake
	stepSize  = 64 << 10 // read at a time where a line's end is looked for
)

// ErrLongLine is wrapped by the error of a line that is too long to hold.
var ErrLongLine = errors.New("line is longer than 64 MiB; is it a text file?")

// reader cuts a stream into pieces of whole lines. It reads each byte once, in order.
type reader struct {
	name   string
	src    io.Reader
	close  func() error
	cancel func()
	batch  int // size of a piece

	pos   int64  // in the file, of the next byte of src
	begin int64  // the split has the lines that begin here …
	end   int64  // … up to before here; math.MaxInt64: all there are
	carry []byte // begin of a line whose end was not in the last piece
	skip  bool   // src is at begin-1, in a line of the split before
	done  bool
}

// newReader reads the lines of a plain stream that begin in [begin, end). For begin > 0 the
// stream must stand at begin-1: a line begins where the byte before it is a line's end.
func newReader(name string, src io.Reader, begin, end int64) *reader {
	r := &reader{name: name, src: src, begin: begin, end: end, batch: batchSize}
	if begin > 0 {
		r.pos, r.skip = begin-1, true
	}
	return r
}

// Close closes the stream.
func (r *reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// interrupt makes a read under way fail soon.
func (r *reader) interrupt() {
	if r.cancel != nil {
		r.cancel()
	}
}

// next is the next piece in a buffer of its own, or an error; io.EOF at the end of the split.
func (r *reader) next() piece {
	data, offset, err := r.piece()
	if err != nil && err != io.EOF {
		err = fmt.Errorf("read %s at %d: %w", r.name, r.pos, err)
	}
	return piece{data, offset, err}
}

func (r *reader) piece() ([]byte, int64, error) {
	if r.skip {
		r.skip = false
		if err := r.skipLine(); err != nil {
			return nil, 0, err
		}
	}
	if r.done {
		return nil, 0, io.EOF
	}
	buf := make([]byte, max(r.batch, 2*len(r.carry)))
	n := copy(buf, r.carry)
	offset := r.pos - int64(n)
	r.carry = nil
	for {
		got, err := r.fill(buf[n:])
		n += got
		if err != nil && err != io.EOF {
			return nil, 0, err
		}
		if err == io.EOF || r.pos >= r.end {
			data, err := r.last(buf, n)
			return data, offset, err
		}
		if last := bytes.LastIndexByte(buf[:n], '\n'); last >= 0 {
			r.carry = buf[last+1 : n]
			return buf[: last+1 : last+1], offset, nil
		}
		if buf, err = r.grow(buf, n); err != nil {
			return nil, 0, err
		}
	}
}

// fill reads until the buffer is full or the split ends. io.EOF means the end of the file.
func (r *reader) fill(buf []byte) (int, error) {
	want := min(int64(len(buf)), r.end-r.pos)
	n, err := io.ReadFull(r.src, buf[:want])
	r.pos += int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return n, r.atEOF(err)
	}
	return n, err
}

// atEOF tells the end of the file from a file that has become shorter than it was when the split
// was planned, and both from a stream that a decoder found to be cut off.
func (r *reader) atEOF(err error) error {
	if r.end != math.MaxInt64 && r.pos < r.end {
		return fmt.Errorf("file has become shorter: %w", io.ErrUnexpectedEOF)
	}
	return io.EOF
}

// last completes the last line of the split, whose end may be in the next one.
func (r *reader) last(buf []byte, n int) ([]byte, error) {
	r.done = true
	if n == 0 {
		return nil, io.EOF
	}
	for buf[n-1] != '\n' && r.end != math.MaxInt64 {
		if n == len(buf) {
			var err error
			if buf, err = r.grow(buf, n); err != nil {
				return nil, err
			}
		}
		got, err := r.src.Read(buf[n:min(len(buf), n+stepSize)])
		r.pos += int64(got)
		if end := bytes.IndexByte(buf[n:n+got], '\n'); end >= 0 {
			return buf[: n+end+1 : n+end+1], nil
		}
		n += got
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return buf[:n:n], nil
}

// grow doubles a buffer of which n bytes are filled, the last line among them not whole.
func (r *reader) grow(buf []byte, n int) ([]byte, error) {
	if len(buf) >= maxLine {
		begin := r.pos - int64(n) + int64(bytes.LastIndexByte(buf[:n], '\n')+1)
		return nil, fmt.Errorf("line that begins at %d: %w", begin, ErrLongLine)
	}
	bigger := make([]byte, min(2*len(buf), maxLine))
	copy(bigger, buf)
	return bigger, nil
}

// skipLine reads to behind the end of the line that began in an earlier split. A split that lies
// in the middle of one line has none.
func (r *reader) skipLine() error {
	buf := make([]byte, stepSize)
	for r.pos < r.end {
		n, err := r.fill(buf)
		if end := bytes.IndexByte(buf[:n], '\n'); end >= 0 {
			r.carry = buf[end+1 : n]
			return nil
		}
		if err != nil {
			return err
		}
	}
	r.done = true
	return nil
}
