package yarnlogs

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A BCFile holds compressed blocks and an index of them at its end:
//
//	magic                                          16 bytes
//	data blocks, meta blocks
//	meta index   VInt n, n × (name, algorithm, region)      ◀─┐
//	             where the meta index begins        8 bytes ──┘
//	             version: major, minor          2 + 2 bytes
//	magic                                          16 bytes
//
// A name is a string (VInt length, bytes), a region three VLongs: offset, compressed size, raw
// size. The meta block "data:BCFile.index" is the index of the data blocks:
//
//	algorithm, VInt n, n × region
type bcFile struct {
	r         io.ReaderAt
	end       int64 // where the blocks end and the meta index begins
	algorithm string
	blocks    []region
}

type region struct{ offset, size, raw int64 }

var magic = []byte{
	0xd1, 0x11, 0xd3, 0x68, 0x91, 0xb5, 0xd7, 0xb6, 0x39, 0xdf, 0x41, 0x40, 0x92, 0xba, 0xe1, 0x50,
}

const (
	tailSize  = 8 + 4 + 16
	maxIndex  = 64 << 20 // bytes of an index, of which a block takes about 10
	indexName = "data:BCFile.index"
)

// errFormat means that a file is not one of aggregated logs.
var errFormat = errors.New("not a file of aggregated logs in the TFile format")

// openBCFile reads the indexes.
func openBCFile(r io.ReaderAt, size int64) (*bcFile, error) {
	if size < int64(len(magic))+tailSize {
		return nil, errFormat
	}
	var tail [tailSize]byte
	if _, err := r.ReadAt(tail[:], size-tailSize); err != nil {
		return nil, unexpected(err)
	}
	if !bytes.Equal(tail[12:], magic) {
		return nil, errFormat
	}
	if major := binary.BigEndian.Uint16(tail[8:]); major != 1 {
		return nil, fmt.Errorf("version %d of the file format, want 1: %w", major, errFormat)
	}
	f := &bcFile{r: r, end: int64(binary.BigEndian.Uint64(tail[:]))}
	if f.end < int64(len(magic)) || f.end > size-tailSize || size-tailSize-f.end > maxIndex {
		return nil, fmt.Errorf("meta index at %d of %d: %w", f.end, size, errDamaged)
	}
	return f, f.readIndex(bufio.NewReader(io.NewSectionReader(r, f.end, size-tailSize-f.end)))
}

// readIndex finds the data blocks' index among the meta blocks and reads it.
func (f *bcFile) readIndex(meta input) error {
	n, err := readLength(meta, maxIndex)
	if err != nil {
		return unexpected(err)
	}
	for range n {
		name, err := readString(meta)
		if err != nil {
			return err
		}
		algorithm, err := readString(meta)
		if err != nil {
			return err
		}
		where, err := f.readRegion(meta)
		if err != nil {
			return err
		}
		if name == indexName {
			return f.readBlocks(where, algorithm)
		}
	}
	return fmt.Errorf("no index of blocks: %w", errDamaged)
}

func (f *bcFile) readBlocks(where region, algorithm string) error {
	in, err := f.open(where, algorithm)
	if err != nil {
		return err
	}
	if f.algorithm, err = readString(in); err != nil {
		return err
	}
	n, err := readLength(in, f.end) // no block is empty
	if err != nil {
		return unexpected(err)
	}
	for range n {
		block, err := f.readRegion(in)
		if err != nil {
			return err
		}
		f.blocks = append(f.blocks, block)
	}
	return nil
}

// readRegion reads where a block is, and checks that it lies before the meta index.
func (f *bcFile) readRegion(r input) (region, error) {
	offset, err := readLength(r, f.end)
	if err != nil {
		return region{}, unexpected(err)
	}
	size, err := readLength(r, f.end-offset)
	if err != nil {
		return region{}, unexpected(err)
	}
	raw, err := readVLong(r)
	return region{offset, size, raw}, unexpected(err)
}

// block opens a data block.
func (f *bcFile) block(i int) (input, error) { return f.open(f.blocks[i], f.algorithm) }

// open reads a block uncompressed. Hadoop's algorithm "gz" is zlib's format in its own writer, and
// gzip's with some codecs: the first bytes tell.
func (f *bcFile) open(where region, algorithm string) (input, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(f.r, where.offset, where.size), 64<<10)
	switch strings.ToLower(algorithm) {
	case "none":
		return in, nil
	case "gz":
		z, err := inflate(in)
		if err != nil {
			return nil, fmt.Errorf("open compressed block: %w", err)
		}
		return bufio.NewReaderSize(z, 64<<10), nil
	}
	return nil, fmt.Errorf("logs are compressed by %q, and weft reads none and gz: use yarn logs",
		algorithm)
}

func inflate(in *bufio.Reader) (io.Reader, error) {
	head, err := in.Peek(2)
	if err != nil {
		return nil, unexpected(err)
	}
	if head[0] == 0x1f && head[1] == 0x8b {
		return gzip.NewReader(in)
	}
	return zlib.NewReader(in)
}
