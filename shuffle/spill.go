package shuffle

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// spill is a buffer that went to disk: for each partition a block, as in a data file, one
// after another. Its index stays in memory.
type spill struct {
	file  *os.File
	metas []BlockMeta // of the partitions
	size  int64
	level int // 0: from a buffer; else merged from spills of the level below
	// in reads the partitions one after another, for a merge that needs all of them.
	in    *bufio.Reader
	frame []byte // scratch of copyFrames
}

// spillBuffer bounds what an open spill costs while spills are merged.
const spillBuffer = 64 << 10

// blockSink is where blocks are written one after another.
type blockSink struct {
	*BlockWriter
	out *bufio.Writer
}

func newBlockSink(f io.Writer, codec Codec) blockSink {
	out := bufio.NewWriterSize(f, frameTarget)
	return blockSink{NewBlockWriter(out, codec), out}
}

// writeSpill writes one block for each of n partitions; write fills each.
func writeSpill(store *Store, codec Codec, n int, write func(w *BlockWriter, p int) error) (
	s *spill, err error,
) {
	file, err := store.spillFile()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
			err = fmt.Errorf("spill to disk: %w", err)
		}
	}()
	s = &spill{file: file, metas: make([]BlockMeta, n)}
	sink := newBlockSink(file, codec)
	for p := range n {
		if err := write(sink.BlockWriter, p); err != nil {
			return nil, err
		}
		if s.metas[p], err = sink.Finish(); err != nil {
			return nil, err
		}
		s.size += s.metas[p].Bytes
	}
	return s, sink.out.Flush()
}

// rewind prepares for reading the partitions in turn.
func (s *spill) rewind() {
	s.in = bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), spillBuffer)
}

// next returns a reader of partition p, which must follow the one read before to its end.
func (s *spill) next(p int) *BlockReader {
	meta := s.metas[p]
	meta.Checksum = 0
	r := NewBlockReader(s.in, meta)
	r.unhashed = true
	return r
}

func (s *spill) close() error { return s.file.Close() }

// copyFrames appends the frames of partition p to w as they are, each verified: a bit that
// flipped in a spill fails this task, and no reader.
func (s *spill) copyFrames(w *BlockWriter, p int) error {
	from := s.next(p)
	for from.got.Bytes < from.want.Bytes {
		h, err := from.readHeader()
		if err != nil {
			return err
		}
		s.frame = append(s.frame[:0], from.header[:]...)
		s.frame = append(s.frame, make([]byte, h.stored)...)
		if _, err := io.ReadFull(s.in, s.frame[headerSize:]); err != nil {
			return truncated(err)
		}
		if sum := frameCRC(s.frame, s.frame[headerSize:]); sum != h.crc {
			return fmt.Errorf("%w: CRC32C of a spilled frame is %08x, not %08x", ErrCorrupt, sum, h.crc)
		}
		from.count(h, 0)
		if err := w.copyFrame(s.frame, h.records); err != nil {
			return err
		}
	}
	return nil
}
