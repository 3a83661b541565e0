package text

import (
	"context"
	"io"
	"strings"
	"unsafe"

	"github.com/weft-data/weft/fs"
)

// A Batch is a run of whole lines of one split.
type Batch struct {
	// Lines are the lines without their ends (\n or \r\n). The strings share one buffer that is
	// never used again: they may be kept for ever, but one that is kept alone keeps the buffer of
	// a mebibyte alive; strings.Clone frees it. The slice itself is used again after the call.
	Lines []string
	// Offset is where the first line begins in the file; of a compressed file, in its content.
	Offset int64
	// Bytes is how much input the batch stands for, line ends included.
	Bytes int
}

// ReadLines hands the lines of a split to f, batch by batch. Only \n ends a line; a \r before it
// is dropped. It reads ahead in a goroutine that has ended when ReadLines returns. An error of f
// ends it and is returned as it is.
func ReadLines(ctx context.Context, r *fs.Resolver, s Split, f func(Batch) error) error {
	in, err := open(ctx, r, s)
	if err != nil {
		return err
	}
	err = ahead(ctx, in, f)
	if closeErr := in.Close(); err == nil {
		err = closeErr
	}
	return err
}

// piece is what the reading goroutine hands over.
type piece struct {
	data   []byte
	offset int64
	err    error
}

// ahead runs the reader one piece ahead of f.
func ahead(ctx context.Context, in *reader, f func(Batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	pieces := make(chan piece, 1)
	go func() {
		defer close(pieces)
		for p := in.next(); ; p = in.next() {
			select {
			case pieces <- p:
			case <-ctx.Done():
				return
			}
			if p.err != nil {
				return
			}
		}
	}()
	defer func() { // wait for the goroutine: it holds the file
		cancel()
		in.interrupt()
		for range pieces {
		}
	}()
	return deliver(ctx, pieces, f)
}

func deliver(ctx context.Context, pieces <-chan piece, f func(Batch) error) error {
	var lines []string
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p, ok := <-pieces:
			if !ok {
				return ctx.Err()
			}
			if p.err == io.EOF {
				return nil
			}
			if p.err != nil {
				return p.err
			}
			lines = appendLines(lines[:0], p.data)
			if err := f(Batch{Lines: lines, Offset: p.offset, Bytes: len(p.data)}); err != nil {
				return err
			}
		}
	}
}

// appendLines adds the lines of data, which the strings alias.
func appendLines(lines []string, data []byte) []string {
	rest := unsafe.String(unsafe.SliceData(data), len(data))
	for rest != "" {
		line := rest
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			line, rest = rest[:end], rest[end+1:]
			if end > 0 && line[end-1] == '\r' {
				line = line[:end-1]
			}
		} else {
			rest = ""
		}
		lines = append(lines, line)
	}
	return lines
}
