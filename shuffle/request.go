package shuffle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

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
