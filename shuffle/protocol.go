package shuffle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// The protocol is one request, one answer, again and again over a connection that is
// authenticated before its first byte. All numbers are little endian.
//
//	request, 24 bytes          item, 20 bytes each            answer to one item, 28 bytes
//	 0 magic "WFRQ"            map output:  cached block:      0 magic "WFRS"
//	 4 version     2            0 map     4  0 dataset   8      4 status      4
//	 6 kind        2            4 attempt 8  8 partition 4      8 blocks      4 (or message length)
//	 8 items       4           12 first   4 12 zero      8     12 bytes       8
//	12 shuffle     4           16 count   4                    20 body CRC32C 4
//	16 body CRC32C 4                                           24 head CRC32C 4
//	20 head CRC32C 4
//
// A body CRC covers what follows the head: the items, or in an answer a message or the meta
// data of the blocks. The head's own CRC covers all before it, so that neither side waits
// for a body whose length is wrong. There is one answer for each item, in order. It has
// meta data (bytes 8, records 8, checksum 8, headers' CRC 4) for every partition of the
// item's range, empty ones too. Then come the blocks as they lie in the file, one after
// another: a range of partitions is one piece of one file.
const (
	requestMagic    = "WFRQ"
	answerMagic     = "WFRS"
	protocolVersion = 1
	requestSize     = 24
	itemSize        = 20
	answerSize      = 28
	metaSize        = 28
)

// The kinds of request.
const (
	kindOutput = 1 // blocks of map outputs
	kindCached = 2 // cached blocks
)

// Limits of one request. A server refuses more; a client asks several times.
const (
	maxItems   = 4096
	maxBlocks  = 65536
	maxMessage = 1024
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

// item asks for the blocks of one map output, or for one cached block.
type item struct {
	mapID        MapID
	attempt      AttemptID
	first, count int
	cached       CachedID
}

// request is what a client sends.
type request struct {
	kind    uint16
	shuffle ShuffleID
	items   []item
}

func (q request) encode() []byte {
	le := binary.LittleEndian
	b := make([]byte, requestSize+len(q.items)*itemSize)
	copy(b, requestMagic)
	le.PutUint16(b[4:], protocolVersion)
	le.PutUint16(b[6:], q.kind)
	le.PutUint32(b[8:], uint32(len(q.items)))
	le.PutUint32(b[12:], uint32(q.shuffle))
	for i, it := range q.items {
		it.put(b[requestSize+i*itemSize:], q.kind)
	}
	seal(b, requestSize)
	return b
}

func (it item) put(b []byte, kind uint16) {
	le := binary.LittleEndian
	if kind == kindCached {
		le.PutUint64(b, it.cached.Dataset)
		le.PutUint32(b[8:], it.cached.Partition)
		return
	}
	le.PutUint32(b, uint32(it.mapID))
	le.PutUint64(b[4:], uint64(it.attempt))
	le.PutUint32(b[12:], uint32(it.first))
	le.PutUint32(b[16:], uint32(it.count))
}

// errRequest says that a request does not follow the protocol.
var errRequest = errors.New("shuffle: bad request")

// requestHead is what comes before the items of a request.
type requestHead struct {
	raw     [requestSize]byte
	kind    uint16
	shuffle ShuffleID
	items   int
}

// readRequest reads a request. It returns io.EOF if the connection ended before one.
func readRequest(r io.Reader) (request, error) {
	head, err := readRequestHead(r)
	if err != nil {
		return request{}, err
	}
	return readItems(r, head)
}

// readRequestHead reads and checks a request's head: nothing is allocated before that.
func readRequestHead(r io.Reader) (h requestHead, err error) {
	le := binary.LittleEndian
	if _, err := io.ReadFull(r, h.raw[:]); err != nil {
		return h, err
	}
	if !sealed(h.raw[:]) {
		return h, fmt.Errorf("%w: head %x", errRequest, h.raw)
	}
	n := le.Uint32(h.raw[8:])
	h.kind, h.shuffle = le.Uint16(h.raw[6:]), ShuffleID(le.Uint32(h.raw[12:]))
	switch version := le.Uint16(h.raw[4:]); {
	case string(h.raw[:4]) != requestMagic:
		return h, fmt.Errorf("%w: it begins with %x", errRequest, h.raw[:4])
	case version != protocolVersion:
		return h, fmt.Errorf("%w: version %d, known is %d", errRequest, version, protocolVersion)
	case h.kind != kindOutput && h.kind != kindCached:
		return h, fmt.Errorf("%w: kind %d", errRequest, h.kind)
	case n < 1 || n > maxItems:
		return h, fmt.Errorf("%w: %d items, the limit is %d", errRequest, n, maxItems)
	}
	h.items = int(n)
	return h, nil
}

// readItems reads the rest of a request.
func readItems(r io.Reader, h requestHead) (request, error) {
	q := request{kind: h.kind, shuffle: h.shuffle}
	body := make([]byte, h.items*itemSize)
	if _, err := io.ReadFull(r, body); err != nil {
		return q, unexpected(err)
	}
	if !sealsBody(h.raw[:], body) {
		return q, fmt.Errorf("%w: CRC32C does not hold", errRequest)
	}
	return q, q.parse(body)
}

// parse decodes the items and checks how many blocks they ask for.
func (q *request) parse(body []byte) error {
	blocks := 0
	q.items = make([]item, len(body)/itemSize)
	for i := range q.items {
		q.items[i] = parseItem(body[i*itemSize:], q.kind)
		it := &q.items[i]
		if it.count < 1 || it.count > maxBlocks || it.first > MaxPartitions {
			return fmt.Errorf("%w: item %d asks for %d partitions from %d on", errRequest, i,
				it.count, it.first)
		}
		blocks += it.count
	}
	if blocks > maxBlocks {
		return fmt.Errorf("%w: %d blocks, the limit is %d", errRequest, blocks, maxBlocks)
	}
	return nil
}

func parseItem(b []byte, kind uint16) item {
	le := binary.LittleEndian
	if kind == kindCached {
		return item{count: 1, cached: CachedID{le.Uint64(b), le.Uint32(b[8:])}}
	}
	return item{
		mapID: MapID(le.Uint32(b)), attempt: AttemptID(le.Uint64(b[4:])),
		first: int(le.Uint32(b[12:])), count: int(le.Uint32(b[16:])),
	}
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

// seal puts both CRCs into the last eight bytes of a message's head.
func seal(b []byte, head int) {
	le := binary.LittleEndian
	le.PutUint32(b[head-8:], crc32.Checksum(b[head:], castagnoli))
	le.PutUint32(b[head-4:], crc32.Checksum(b[:head-4], castagnoli))
}

// sealed reports whether a head is as it was sent, sealsBody whether its body is.
func sealed(head []byte) bool {
	end := len(head) - 4
	return crc32.Checksum(head[:end], castagnoli) == binary.LittleEndian.Uint32(head[end:])
}

func sealsBody(head, body []byte) bool {
	return crc32.Checksum(body, castagnoli) == binary.LittleEndian.Uint32(head[len(head)-8:])
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

// unexpected makes an end within a message an error that is not io.EOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
