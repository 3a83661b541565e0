package yarnlogs

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// File is one node's aggregated logs of an application. It is a TFile, records of key and value
// in the blocks of a BCFile:
//
//	key    VInt length, bytes
//	value  chunks: VInt length, bytes; a negative length is that of a chunk with another behind it
//
// Keys are written by Java's writeUTF: VERSION, APPLICATION_OWNER, APPLICATION_ACL, and the id of
// each container, whose value is one log file after the other:
//
//	name   writeUTF                  stderr
//	length writeUTF, in decimal      123
//	bytes
type File struct{ blocks *bcFile }

// Log is one log file of a container.
type Log struct {
	Container string // container_1700000000000_0001_01_000002
	Node      string // host:port of its NodeManager
	Name      string // stdout, stderr, …
	Size      int64
}

// Open reads the indexes of a node's file.
func Open(r io.ReaderAt, size int64) (*File, error) {
	b, err := openBCFile(r, size)
	if err != nil {
		return nil, err
	}
	return &File{b}, nil
}

// maxKey bounds a record's key: TFile has the same bound.
const maxKey = 64 << 10

// Each calls see for every log file, in the file's order, with a reader of its bytes that is good
// until see returns. What see leaves unread is skipped; an error of see ends the walk.
func (f *File) Each(see func(Log, io.Reader) error) error {
	for i := range f.blocks.blocks {
		in, err := f.blocks.block(i)
		if err != nil {
			return err
		}
		for {
			err := readRecord(in, see)
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// readRecord reads one record; io.EOF means that there was none.
func readRecord(in input, see func(Log, io.Reader) error) error {
	n, err := readLength(in, maxKey)
	if err != nil {
		return err
	}
	key, err := readBytes(in, n)
	if err != nil {
		return err
	}
	if len(key) < 2 {
		return fmt.Errorf("key of %d bytes: %w", len(key), errDamaged)
	}
	value := &chunks{in: in, more: true}
	if container := string(key[2:]); strings.HasPrefix(container, "container_") {
		if err := readLogs(container, value, see); err != nil {
			return err
		}
	}
	_, err = io.Copy(io.Discard, value)
	return err
}

// readLogs reads the value of a container's record.
func readLogs(container string, value *chunks, see func(Log, io.Reader) error) error {
	for {
		name, err := readUTF(value)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		digits, err := readUTF(value)
		if err != nil {
			return unexpected(err)
		}
		size, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || size < 0 {
			return fmt.Errorf("log %s of %s: length %.20q: %w", name, container, digits, errDamaged)
		}
		body := &io.LimitedReader{R: value, N: size}
		if err := see(Log{Container: container, Name: name, Size: size}, body); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return err
		}
		if body.N > 0 {
			return fmt.Errorf("log %s of %s lacks %d bytes: %w", name, container, body.N, errDamaged)
		}
	}
}

// chunks reads a value as one stream.
type chunks struct {
	in   input
	left int64 // of the current chunk
	more bool  // another chunk follows
}

// next opens the next chunk that has bytes; io.EOF at the value's end.
func (c *chunks) next() error {
	for c.left == 0 {
		if !c.more {
			return io.EOF
		}
		n, err := readVLong(c.in)
		if err != nil {
			return unexpected(err)
		}
		c.left, c.more = n, n < 0
		if n < 0 {
			c.left = -n
		}
		if c.left < 0 {
			return fmt.Errorf("chunk of %d bytes: %w", n, errDamaged)
		}
	}
	return nil
}

// Read reads from the current chunk, or from the next one.
func (c *chunks) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := c.next(); err != nil {
		return 0, err
	}
	n, err := c.in.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, unexpected(err)
}

// ReadByte reads one byte.
func (c *chunks) ReadByte() (byte, error) {
	if err := c.next(); err != nil {
		return 0, err
	}
	c.left--
	b, err := c.in.ReadByte()
	return b, unexpected(err)
}
