package shuffle

import (
	"fmt"
	"hash/crc32"
	"io"
)

// BlockReader reads a block and verifies it. It belongs to one goroutine.
type BlockReader struct {
	r      io.Reader
	want   BlockMeta
	got    BlockMeta
	header [headerSize]byte
	// reserve, if set, is asked before a frame's payload is read into memory.
	reserve func(bytes int64) error
	frame   int // frames read so far
	// unhashed is for blocks of our own: the CRC is enough, what they end up in is hashed.
	unhashed bool
	// wanted are the map tasks whose rows are handed out of a group's block; nil: the block
	// is no group's.
	wanted []MapID
}

// NewBlockReader reads the block that meta describes from r. If r is an io.Closer, Close
// closes it.
func NewBlockReader(r io.Reader, meta BlockMeta) *BlockReader {
	return &BlockReader{r: r, want: meta}
}

// Next returns the next verified batch, or io.EOF after the last one, when the whole block
// has been found right.
func (b *BlockReader) Next() (Batch, error) {
	for {
		batch, err := b.next()
		if err != nil || batch.Records > 0 {
			return batch, err
		}
	}
}

// next reads a frame. Its batch is empty where nobody wants the frame's rows.
func (b *BlockReader) next() (Batch, error) {
	if b.got.Bytes == b.want.Bytes {
		return Batch{}, b.end()
	}
	h, err := b.readHeader()
	if err != nil {
		return Batch{}, err
	}
	stored, err := b.stored(h.stored)
	if err != nil {
		return Batch{}, err
	}
	payload, err := h.payload(b.header[:], stored)
	if err != nil {
		return Batch{}, err
	}
	batch, sum, err := b.check(h, payload)
	if err != nil {
		return Batch{}, err
	}
	b.count(h, sum)
	if err := b.early(); err != nil {
		return Batch{}, err
	}
	return batch, nil
}

// stored reads a frame's bytes.
func (b *BlockReader) stored(n int) ([]byte, error) {
	if short, ok := b.r.(*shortReader); ok {
		return short.take(n)
	}
	return readStored(b.r, n)
}

// check finds out whether a payload is what its frame says, and sums up the records' hashes.
func (b *BlockReader) check(h frameHeader, payload []byte) (batch Batch, sum uint64, err error) {
	batch = Batch{Records: h.records, payload: payload}
	var ok bool
	switch {
	case h.grouped != (b.wanted != nil):
		return Batch{}, 0, fmt.Errorf("%w: frame of a group: %v, expected: %v", ErrCorrupt, h.grouped,
			b.wanted != nil)
	case h.grouped:
		batch, sum, ok = checkRuns(payload, h.records, b.wanted)
	case b.unhashed:
		ok = wellFormed(payload, h.records)
	default:
		sum, ok = checkRecords(payload, h.records)
	}
	if !ok {
		return Batch{}, 0, fmt.Errorf("%w: frame does not hold %d records", ErrCorrupt, h.records)
	}
	return batch, sum, nil
}

// readHeader reads the next frame's header and asks for its memory.
func (b *BlockReader) readHeader() (frameHeader, error) {
	left := b.want.Bytes - b.got.Bytes - headerSize
	if left < 0 {
		return frameHeader{}, fmt.Errorf("%w: %d stray bytes at the end of a block", ErrCorrupt,
			left+headerSize)
	}
	if _, err := io.ReadFull(b.r, b.header[:]); err != nil {
		return frameHeader{}, truncated(err)
	}
	h, err := parseHeader(b.header[:], left)
	if err != nil || b.reserve == nil {
		return h, err
	}
	return h, b.reserve(int64(h.raw))
}

// count adds a frame to what was seen.
func (b *BlockReader) count(h frameHeader, checksum uint64) {
	b.frame++
	b.got.Bytes += int64(headerSize + h.stored)
	b.got.Records += int64(h.records)
	b.got.Checksum += checksum
	b.got.Headers = crc32.Update(b.got.Headers, castagnoli, b.header[:])
}

// early checks the whole block together with its last frame, so that a wrong block of one
// frame (most are) shows before any of its rows is used.
func (b *BlockReader) early() error {
	if b.got.Bytes < b.want.Bytes || b.got == b.want {
		return nil
	}
	return fmt.Errorf("%w: block is %+v, its index says %+v", ErrCorrupt, b.got, b.want)
}

// end answers at the end of the block.
func (b *BlockReader) end() error {
	if b.got != b.want {
		return fmt.Errorf("%w: block is %+v, its index says %+v", ErrCorrupt, b.got, b.want)
	}
	return io.EOF
}

// Close releases the source.
func (b *BlockReader) Close() error {
	if c, ok := b.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
