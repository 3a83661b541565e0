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
