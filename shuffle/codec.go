package shuffle

// Codec says how a frame's payload is stored.
type Codec uint8

// The codecs. Their numbers are part of the format.
const (
	CodecNone Codec = 0 // as is: for readers on the same host, the default
	CodecZstd Codec = 1 // zstd at its fastest level: for networks slower than the CPU
)
