package shuffle

import (
	"fmt"
	"hash/crc32"
	"io"

	"github.com/zeebo/xxh3"
)

// BlockMeta is what a reader must know to verify a block to its end.
type BlockMeta struct {
	Bytes    int64  // as stored
	Records  int64  //
	Checksum uint64 // sum of the records' xxh3 hashes
	Headers  uint32 // CRC32C over the block's frame headers, which hold the payloads' CRCs
}

// BlockWriter writes a single block (a sequence of frames) to w: how an executor encodes a
// cached partition, on disk or for a peer. It belongs to one goroutine.
type BlockWriter struct {
	w       io.Writer
	codec   Codec
	buf     []byte // room for a header, then the payload so far
	packed  []byte // the same, compressed
	records int    // in buf
	grouped bool   // buf begins with a directory of runs
	pause   int    // frames that CodecAuto does not try
	meta    BlockMeta
}

// NewBlockWriter returns a BlockWriter; w is neither buffered nor closed by it.
func NewBlockWriter(w io.Writer, codec Codec) *BlockWriter {
	return &BlockWriter{w: w, codec: codec, buf: make([]byte, headerSize, headerSize+4<<10)}
}

// Add appends one record.
func (b *BlockWriter) Add(key, value []byte) error { return b.addRecord(key, value, true) }

// addRecord appends one record, hashed unless that was done when it arrived.
func (b *BlockWriter) addRecord(key, value []byte, hashed bool) error {
	n := recordSize(key, value)
	if n > MaxRecord {
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrRecordTooLarge, n, MaxRecord)
	}
	if err := b.room(n); err != nil {
		return err
	}
	at := len(b.buf)
	b.buf = appendRecord(b.buf, key, value)
	if hashed {
		b.meta.Checksum += xxh3.Hash(b.buf[at:])
	}
	b.records++
	return nil
}

// Finish writes the last frame and returns what a reader needs. The BlockWriter is then
// ready for another block.
func (b *BlockWriter) Finish() (BlockMeta, error) {
	err := b.flush()
	meta := b.meta
	b.meta = BlockMeta{}
	return meta, err
}

// addEncoded appends records that are encoded already, and were hashed when they arrived.
func (b *BlockWriter) addEncoded(records []byte, n int) error {
	if err := b.room(len(records)); err != nil {
		return err
	}
	b.buf = append(b.buf, records...)
	b.records += n
	return nil
}

// room closes the frame if n more bytes would make it too large.
func (b *BlockWriter) room(n int) error {
	if b.records > 0 && len(b.buf)-headerSize+n > frameTarget {
		return b.flush()
	}
	return nil
}

// flush writes the frame, if it holds records.
func (b *BlockWriter) flush() error {
	if b.records == 0 {
		return nil
	}
	frame := b.pack()
	err := b.copyFrame(frame, b.records)
	b.records = 0
	if b.buf = b.buf[:headerSize]; cap(b.buf) > 4*frameTarget {
		b.buf, b.packed = make([]byte, headerSize, headerSize+frameTarget), nil
	}
	return err
}

// pack returns the frame to write: compressed where the codec says so and it pays.
func (b *BlockWriter) pack() []byte {
	h := frameHeader{raw: len(b.buf) - headerSize, records: b.records, grouped: b.grouped}
	frame := b.buf
	if b.compresses(h.raw) {
		b.packed = append(b.packed[:0], b.buf[:headerSize]...)
		b.packed = zstdEncoder().EncodeAll(b.buf[headerSize:], b.packed)
		stored := len(b.packed) - headerSize
		if stored < h.raw && !bomb(h.raw, stored) {
			h.codec, frame = CodecZstd, b.packed
		}
		if b.codec == CodecAuto && stored > h.raw/8*7 {
			b.pause = autoPause
		}
	}
	h.stored = len(frame) - headerSize
	h.put(frame, frame[headerSize:])
	return frame
}

// compresses reports whether a frame should be, or whether that should be tried.
func (b *BlockWriter) compresses(raw int) bool {
	if b.codec != CodecAuto {
		return b.codec == CodecZstd
	}
	if b.pause > 0 {
		b.pause--
		return false
	}
	return raw >= autoLeast
}

// copyFrame writes a finished frame, header and payload, which may come from a spill.
func (b *BlockWriter) copyFrame(frame []byte, records int) error {
	b.meta.Bytes += int64(len(frame))
	b.meta.Records += int64(records)
	b.meta.Headers = crc32.Update(b.meta.Headers, castagnoli, frame[:headerSize])
	_, err := b.w.Write(frame)
	return err
}

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
