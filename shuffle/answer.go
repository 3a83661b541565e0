package shuffle

import (
	"encoding/binary"
	"fmt"
	"io"
)

// status is how an item was answered.
type status uint32

const (
	statusOK       status = iota
	statusNotFound        // the block is not there: asking again is useless
	statusCorrupt         // its index is damaged: likewise
	statusRefused         // the request is malformed or beyond the limits: likewise
	statusFailed          // the server could not read it now
)

// serverError is a status other than OK, as the client sees it.
type serverError struct {
	status  status
	message string
}

func (e *serverError) Error() string { return "server: " + e.message }

// Unwrap returns the sentinel that the status stands for.
func (e *serverError) Unwrap() error {
	switch e.status {
	case statusNotFound:
		return ErrNotFound
	case statusCorrupt:
		return ErrCorrupt
	}
	return nil
}

// encodeAnswer returns the head of an answer: all but the blocks themselves.
func encodeAnswer(metas []BlockMeta) []byte {
	le := binary.LittleEndian
	b := make([]byte, answerSize+len(metas)*metaSize)
	var bytes int64
	for i, m := range metas {
		at := b[answerSize+i*metaSize:]
		le.PutUint64(at, uint64(m.Bytes))
		le.PutUint64(at[8:], uint64(m.Records))
		le.PutUint64(at[16:], m.Checksum)
		le.PutUint32(at[24:], m.Headers)
		bytes += m.Bytes
	}
	closeAnswer(b, statusOK, len(metas), bytes)
	return b
}

// encodeFailure returns the answer for an item that cannot be served.
func encodeFailure(s status, message string) []byte {
	message = message[:min(len(message), maxMessage)]
	b := append(make([]byte, answerSize), message...)
	closeAnswer(b, s, len(message), 0)
	return b
}

func closeAnswer(b []byte, s status, n int, bytes int64) {
	le := binary.LittleEndian
	copy(b, answerMagic)
	le.PutUint32(b[4:], uint32(s))
	le.PutUint32(b[8:], uint32(n))
	le.PutUint64(b[12:], uint64(bytes))
	seal(b, answerSize)
}

// readAnswer reads the head of the answer to an item that asked for count blocks.
func readAnswer(r io.Reader, count int) ([]BlockMeta, error) {
	le := binary.LittleEndian
	head := make([]byte, answerSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, unexpected(err)
	}
	st, n := status(le.Uint32(head[4:])), int(le.Uint32(head[8:]))
	size := n * metaSize
	if st != statusOK {
		size = n
	}
	if string(head[:4]) != answerMagic || !sealed(head) || st == statusOK && n != count ||
		st != statusOK && n > maxMessage {
		return nil, fmt.Errorf("%w: no answer to what was asked: %x", ErrCorrupt, head)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, unexpected(err)
	}
	if !sealsBody(head, body) {
		return nil, fmt.Errorf("%w: CRC32C of an answer does not hold", ErrCorrupt)
	}
	if st != statusOK {
		return nil, &serverError{st, string(body)}
	}
	return parseMetas(body, int64(le.Uint64(head[12:])))
}

func parseMetas(b []byte, total int64) ([]BlockMeta, error) {
	le := binary.LittleEndian
	metas := make([]BlockMeta, len(b)/metaSize)
	for i := range metas {
		at := b[i*metaSize:]
		metas[i] = BlockMeta{int64(le.Uint64(at)), int64(le.Uint64(at[8:])), le.Uint64(at[16:]),
			le.Uint32(at[24:])}
		if m := metas[i]; m.Bytes < 0 || m.Records < 0 || m.Bytes > total {
			return nil, fmt.Errorf("%w: answer announces a block of %+v", ErrCorrupt, m)
		}
		total -= metas[i].Bytes
	}
	if total != 0 {
		return nil, fmt.Errorf("%w: answer announces %d bytes too many", ErrCorrupt, total)
	}
	return metas, nil
}
