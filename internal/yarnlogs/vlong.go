package yarnlogs

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// input is what the decoders read from.
type input interface {
	io.Reader
	io.ByteReader
}

var errDamaged = errors.New("the file is damaged")

// readVLong reads TFile's variable-length number, which is not the one of Hadoop's other files:
//
//	first byte b, signed      value
//	-32 … 127                 b
//	-72 … -33                 (b+52)<<8  | 1 byte
//	-104 … -73                (b+88)<<16 | 2 bytes
//	-120 … -105               (b+112)<<24 | 3 bytes
//	-125 … -121               b+129 bytes follow (4 … 8), signed
//
// All of them are big-endian.
func readVLong(r io.ByteReader) (int64, error) {
	first, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	b := int64(int8(first))
	switch {
	case b >= -32:
		return b, nil
	case b >= -72:
		return readRest(r, b+52, 1)
	case b >= -104:
		return readRest(r, b+88, 2)
	case b >= -120:
		return readRest(r, b+112, 3)
	case b >= -125:
		return readLong(r, int(b+129))
	}
	return 0, fmt.Errorf("number begins with %d: %w", b, errDamaged)
}

// readRest puts n more bytes behind a value.
func readRest(r io.ByteReader, value int64, n int) (int64, error) {
	for range n {
		c, err := r.ReadByte()
		if err != nil {
			return 0, unexpected(err)
		}
		value = value<<8 | int64(c)
	}
	return value, nil
}

// readLong reads n bytes as one signed number.
func readLong(r io.ByteReader, n int) (int64, error) {
	first, err := r.ReadByte()
	if err != nil {
		return 0, unexpected(err)
	}
	return readRest(r, int64(int8(first)), n-1)
}

// readLength reads a number that must lie between 0 and most.
func readLength(r io.ByteReader, most int64) (int64, error) {
	n, err := readVLong(r)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > most {
		return 0, fmt.Errorf("length %d, want 0 to %d: %w", n, most, errDamaged)
	}
	return n, nil
}

// readBytes reads n bytes; the caller has bounded n.
func readBytes(r io.Reader, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, unexpected(err)
	}
	return b, nil
}

// maxString bounds names inside a TFile.
const maxString = math.MaxUint16

// readString reads a length and so many bytes.
func readString(r input) (string, error) {
	n, err := readLength(r, maxString)
	if err != nil {
		return "", unexpected(err)
	}
	b, err := readBytes(r, n)
	return string(b), err
}

// readUTF reads what Java's DataOutput.writeUTF wrote: two bytes of length, then the text. At the
// end of r it is io.EOF.
func readUTF(r input) (string, error) {
	high, err := r.ReadByte()
	if err != nil {
		return "", err
	}
	n, err := readRest(r, int64(high), 1)
	if err != nil {
		return "", err
	}
	b, err := readBytes(r, n)
	return string(b), err
}

// unexpected is the error of an end where more had to come.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
