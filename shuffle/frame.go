package shuffle

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// A frame is a header and a payload of whole records:
//
//	 0       1       2               4              8              12             16
//	┌───────┬───────┬───────────────┬──────────────┬──────────────┬──────────────┬─────────┐
//	│ 'w'   │ codec │ version       │ raw length   │ stored length│ records      │ CRC32C  │ payload…
//	└───────┴───────┴───────────────┴──────────────┴──────────────┴──────────────┴─────────┘
//
// The payload of version 1 is records; that of version 2, in the file of a group, is records of
// several map tasks behind a directory that says which are whose: see runs.go. All numbers are
// little endian. The CRC covers the 16 bytes before it and the payload as stored, so that no bit
// of a frame can change unseen.
const (
	headerSize   = 20
	frameMagic   = 'w'
	frameVersion = 1
	groupVersion = 2
	// frameTarget is the raw size at which a frame is closed: large enough that the
	// header's cost vanishes, small enough to stay in the cache while it is verified.
	frameTarget = 256 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frameHeader is a decoded header.
type frameHeader struct {
	codec                Codec
	grouped              bool // version 2
	raw, stored, records int
	crc                  uint32
}

// put encodes the header into b and closes it with the CRC over itself and the payload.
func (h frameHeader) put(b, payload []byte) {
	b[0], b[1] = frameMagic, byte(h.codec)
	version := uint16(frameVersion)
	if h.grouped {
		version = groupVersion
	}
	binary.LittleEndian.PutUint16(b[2:], version)
	binary.LittleEndian.PutUint32(b[4:], uint32(h.raw))
	binary.LittleEndian.PutUint32(b[8:], uint32(h.stored))
	binary.LittleEndian.PutUint32(b[12:], uint32(h.records))
	binary.LittleEndian.PutUint32(b[16:], frameCRC(b, payload))
}

func frameCRC(header, payload []byte) uint32 {
	return crc32.Update(crc32.Checksum(header[:16], castagnoli), castagnoli, payload)
}

// parseHeader decodes a header and refuses what no writer makes. left is how many bytes of
// the block follow the header: no length is believed beyond it.
func parseHeader(b []byte, left int64) (frameHeader, error) {
	h := frameHeader{
		codec:   Codec(b[1]),
		raw:     int(binary.LittleEndian.Uint32(b[4:])),
		stored:  int(binary.LittleEndian.Uint32(b[8:])),
		records: int(binary.LittleEndian.Uint32(b[12:])),
		crc:     binary.LittleEndian.Uint32(b[16:]),
	}
	version := binary.LittleEndian.Uint16(b[2:])
	h.grouped = version == groupVersion
	switch {
	case b[0] != frameMagic:
		return h, fmt.Errorf("%w: no frame header, but %x", ErrCorrupt, b[:4])
	case version != frameVersion && version != groupVersion:
		return h, fmt.Errorf("%w: frame version %d, known are %d and %d", ErrCorrupt, version,
			frameVersion, groupVersion)
	case h.codec > CodecZstd:
		return h, fmt.Errorf("%w: frame with %v", ErrCorrupt, h.codec)
	case int64(h.stored) > left || h.stored == 0:
		return h, fmt.Errorf("%w: frame of %d bytes, %d are left", ErrCorrupt, h.stored, left)
	case h.codec == CodecNone && h.raw != h.stored, h.raw > 2*MaxRecord, bomb(h.raw, h.stored):
		return h, fmt.Errorf("%w: frame of %d bytes stored in %d", ErrCorrupt, h.raw, h.stored)
	case h.records == 0 || h.records > h.raw/2:
		return h, fmt.Errorf("%w: %d records in %d bytes", ErrCorrupt, h.records, h.raw)
	}
	return h, nil
}

// payload verifies the stored bytes and returns the raw ones: stored itself without a codec.
func (h frameHeader) payload(header, stored []byte) ([]byte, error) {
	if sum := frameCRC(header, stored); sum != h.crc {
		return nil, fmt.Errorf("%w: CRC32C of a frame is %08x, not %08x", ErrCorrupt, sum, h.crc)
	}
	if h.codec == CodecNone {
		return stored, nil
	}
	return unzstd(stored, h.raw)
}

// readStored reads n bytes into fresh memory. It allocates much only for bytes that came:
// a lying header costs its sender as much as its receiver.
func readStored(r io.Reader, n int) ([]byte, error) {
	buf := make([]byte, min(n, bombFree))
	for done := 0; ; {
		if _, err := io.ReadFull(r, buf[done:]); err != nil {
			return nil, truncated(err)
		}
		if done = len(buf); done == n {
			return buf, nil
		}
		more := min(n-done, done)
		buf = slices.Grow(buf, more)[:done+more]
	}
}

// truncated makes an early end a corruption, and leaves other errors as they are.
func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: block ends early: %w", ErrCorrupt, io.ErrUnexpectedEOF)
	}
	return err
}
