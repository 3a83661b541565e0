package ipc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const (
	// maxFrame is Hadoop's own limit, ipc.maximum.data.length.
	maxFrame = 128 << 20
	// frameStep is how much memory a length on the wire is trusted for.
	frameStep = 1 << 20
)

// ErrProtocol is returned for bytes that are not Hadoop RPC version 9.
var ErrProtocol = errors.New("not Hadoop RPC version 9")

// readFrame reads one frame.
//
//	uint32 length │ length bytes
//
// The length is checked before anything is allocated, and the buffer grows only as bytes come.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if string(head[:]) == "HTTP" {
		return nil, fmt.Errorf("%w: the port speaks HTTP", ErrProtocol)
	}
	length := binary.BigEndian.Uint32(head[:])
	if length > maxFrame {
		return nil, fmt.Errorf(
			"%w: frame of %d bytes, the limit is %d",
			ErrProtocol,
			length,
			maxFrame,
		)
	}
	frame := make([]byte, 0, min(length, frameStep))
	for len(frame) < int(length) {
		step := min(int(length)-len(frame), max(frameStep, len(frame)))
		start := len(frame)
		frame = slices.Grow(frame, step)[:start+step]
		if n, err := io.ReadFull(r, frame[start:]); err != nil {
			return nil, fmt.Errorf("frame cut off after %d of %d bytes: %w", start+n, length,
				io.ErrUnexpectedEOF)
		}
	}
	return frame, nil
}

// appendFrame appends a frame of the messages, each after its length.
//
//	uint32 length │ varint n │ message of n bytes │ varint n │ message of n bytes …
func appendFrame(b []byte, messages ...proto.Message) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	for _, m := range messages {
		var err error
		b = protowire.AppendVarint(b, uint64(proto.Size(m)))
		if b, err = (proto.MarshalOptions{UseCachedSize: true}).MarshalAppend(b, m); err != nil {
			return nil, err
		}
	}
	length := len(b) - start - 4
	if length > maxFrame {
		return nil, fmt.Errorf("message of %d bytes, the limit is %d", length, maxFrame)
	}
	binary.BigEndian.PutUint32(b[start:], uint32(length))
	return b, nil
}

// takeMessage decodes the next message of a frame and returns what follows it.
func takeMessage(frame []byte, m proto.Message) ([]byte, error) {
	body, n := protowire.ConsumeBytes(frame)
	if n < 0 {
		return nil, fmt.Errorf("%w: message longer than its frame", ErrProtocol)
	}
	if err := proto.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return frame[n:], nil
}
