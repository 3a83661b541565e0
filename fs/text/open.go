package text

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/weft-data/weft/fs"
)

// maxWindow bounds what a zstd frame may ask for; `zstd --long` goes up to it.
const maxWindow = 128 << 20

// open opens the stream of a split, decompressed.
func open(ctx context.Context, r *fs.Resolver, s Split) (*reader, error) {
	if s.Offset < 0 || s.Length < 0 || s.Offset > math.MaxInt64-s.Length {
		return nil, fmt.Errorf("read %s: bad split %d+%d", s.Path, s.Offset, s.Length)
	}
	f, p, err := r.FS(s.Path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	file, err := f.OpenAt(ctx, p, max(0, s.Offset-1))
	if err != nil {
		cancel()
		return nil, fmt.Errorf("read %s: %w", s.Path, err)
	}
	in, err := decode(s, file)
	if err != nil {
		cancel()
		return nil, errors.Join(err, file.Close())
	}
	in.cancel = cancel
	return in, nil
}

// decode puts the decoder of the split's codec between the file and the lines.
func decode(s Split, file io.ReadCloser) (*reader, error) {
	if s.Codec == Plain {
		in := newReader(s.Path, file, s.Offset, s.Offset+s.Length)
		in.close = file.Close
		return in, nil
	}
	raw := &counted{src: file, name: s.Path, codec: s.Codec}
	in := newReader(s.Path+" ("+string(s.Codec)+")", raw, 0, math.MaxInt64)
	switch s.Codec {
	case Gzip:
		z, err := gzip.NewReader(raw.input())
		if err != nil {
			return nil, raw.wrap(err)
		}
		raw.out = z
		in.close = file.Close
	case Zstd:
		z, err := zstd.NewReader(raw.input(), zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, raw.wrap(err)
		}
		raw.out = z
		in.close = func() error {
			z.Close()
			return file.Close()
		}
	default:
		return nil, fmt.Errorf("read %s: unknown codec %q", s.Path, s.Codec)
	}
	return in, nil
}

// counted knows how far a decoder has come in its file, for the errors.
type counted struct {
	src   io.Reader
	out   io.Reader // the decoder
	name  string
	codec Codec
	read  int64
	fails error // what src said
}

// input is the side the decoder reads.
func (c *counted) input() io.Reader { return countedInput{c} }

type countedInput struct{ *counted }

func (c countedInput) Read(b []byte) (int, error) {
	n, err := c.src.Read(b)
	c.read += int64(n)
	if err != nil && err != io.EOF {
		c.fails = err
	}
	return n, err
}

// Read is the side of the lines. A stream cut off is an error here, where the line reader would
// take it for the end of the file.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.out.Read(b)
	if err != nil && err != io.EOF {
		err = c.wrap(err)
	}
	return n, err
}

// wrap names the place in the compressed file, unless the file itself could not be read.
func (c *counted) wrap(err error) error {
	if c.fails != nil {
		return c.fails
	}
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = errors.New("unexpected end; the file is cut off")
	}
	return fmt.Errorf("%s data of %s is damaged near byte %d: %w", c.codec, c.name, c.read, err)
}
