package shuffle

import "io"

// BlockMeta is what a reader must know to verify a block to its end.
type BlockMeta struct {
	Bytes    int64  // as stored
	Records  int64  //
	Checksum uint64 // sum of the records' xxh3 hashes
	Headers  uint32 // CRC32C over the block's frame headers, which hold the payloads' CRCs
}

// BlockWriter writes a single block (a sequence of frames) to w: how an executor encodes a
// cached partition, on disk or for a peer. It belongs to one goroutine.
type BlockWriter struct{}

// NewBlockWriter returns a BlockWriter; w is neither buffered nor closed by it.
func NewBlockWriter(w io.Writer, codec Codec) *BlockWriter { panic("shuffle: not built yet") }

// Add appends one record.
func (b *BlockWriter) Add(key, value []byte) error { panic("shuffle: not built yet") }

// Finish writes the last frame and returns what a reader needs.
func (b *BlockWriter) Finish() (BlockMeta, error) { panic("shuffle: not built yet") }

// BlockReader reads a block and verifies it. It belongs to one goroutine.
type BlockReader struct{}

// NewBlockReader reads the block that meta describes from r. If r is an io.Closer, Close
// closes it.
func NewBlockReader(r io.Reader, meta BlockMeta) *BlockReader { panic("shuffle: not built yet") }

// Next returns the next verified batch, or io.EOF after the last one, when the whole block
// has been found right.
func (b *BlockReader) Next() (Batch, error) { panic("shuffle: not built yet") }

// Close releases the source.
func (b *BlockReader) Close() error { panic("shuffle: not built yet") }
