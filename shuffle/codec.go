package shuffle

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Codec says how a frame's payload is stored.
type Codec uint8

// The codecs. Their numbers are part of the format.
const (
	CodecNone Codec = 0 // as is: for readers on the same host, the default
	CodecZstd Codec = 1 // zstd at its fastest level: for networks slower than the CPU
	// CodecAuto is not part of the format, but a writer's leave to choose for each frame: zstd
	// for those that are not short, as long as they get smaller by it.
	CodecAuto Codec = 2
)

const (
	// autoLeast is up to where a frame is short: compressing it takes longer than sending it,
	// and shuffles of short frames are small.
	autoLeast = 4 << 10
	// autoPause is how many frames are stored as they are after one that did not get smaller
	// by an eighth: records do not change their nature from frame to frame.
	autoPause = 15
)

// String returns the codec's name.
func (c Codec) String() string {
	switch c {
	case CodecNone:
		return "none"
	case CodecZstd:
		return "zstd"
	case CodecAuto:
		return "auto"
	}
	return fmt.Sprintf("codec %d", uint8(c))
}

// A frame may grow to bombFree bytes, or to bombRatio times its stored size, when it is
// decompressed. The writer stores what would compress better than that as it is, so that a
// reader can refuse a decompression bomb by its header alone.
const (
	bombFree  = 1 << 20
	bombRatio = 16
)

// bomb reports whether the sizes in a frame header are beyond what a writer makes.
func bomb(raw, stored int) bool { return raw > bombFree && raw > bombRatio*stored }

// zstdEncoder and zstdDecoder are stateless as used here (EncodeAll, DecodeAll) and shared
// by all goroutines. The frame's CRC32C makes zstd's own checksum superfluous.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // options are constant
	}
	return e
})

var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0),
		zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(2*MaxRecord))
	if err != nil {
		panic(err)
	}
	return d
})

// unzstd decompresses stored, which must give exactly raw bytes, into fresh memory.
func unzstd(stored []byte, raw int) ([]byte, error) {
	out, err := zstdDecoder().DecodeAll(stored, make([]byte, 0, raw))
	if err != nil {
		return nil, fmt.Errorf("%w: zstd: %w", ErrCorrupt, err)
	}
	if len(out) != raw {
		return nil, fmt.Errorf("%w: frame of %d bytes, its header says %d", ErrCorrupt, len(out), raw)
	}
	return out, nil
}
