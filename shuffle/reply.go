package shuffle

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// smallBlock is up to where blocks are gathered in a buffer; larger ones go from file to
// socket by sendfile.
const smallBlock = 24 << 10

// reply is the answer to a request for map outputs, while it is on its way. Where it is is two
// numbers, from which all else can be found again: an item, and how many bytes of the answer to
// that item were sent. So a reply whose client is slow holds no buffer.
type reply struct {
	*session
	q     request
	item  int
	sent  int64
	piece *piece // of the item, once looked up
	asked time.Time
	began bool // the first byte was sent
	lost  int  // blocks that could not be served
	fit   int  // how much the socket may take at once; 0: a whole buffer
}

// piece is the answer to one item: a head, then a part of a file.
type piece struct {
	item   int
	head   []byte
	file   *OutputFile // nil in a failure
	offset int64       // of the first block in the file
	bytes  int64       // of all its blocks
}

func (p *piece) size() int64 { return int64(len(p.head)) + p.bytes }

// close gives up what the reply holds.
func (r *reply) close() {
	if r.piece == nil {
		return
	}
	if r.piece.file != nil {
		r.piece.file.Close()
	}
	r.piece = nil
}

// headRoom is how much room the longest head of an answer takes. It is taken before the first turn:
// who waits for room must not hold a turn that others need to give theirs back.
func (q request) headRoom() int64 {
	longest := 0
	for _, it := range q.items {
		longest = max(longest, it.count)
	}
	if longest <= shortRequest {
		return 0
	}
	return int64(longest) * blockRoom
}

// done reports whether everything was sent.
func (r *reply) done() bool { return r.item == len(r.q.items) }

// look returns the piece of the item that the reply is at.
func (r *reply) look(ctx context.Context) (*piece, error) {
	if r.piece != nil && r.piece.item == r.item {
		return r.piece, nil
	}
	r.close()
	p := &piece{item: r.item}
	it := r.q.items[r.item]
	r.piece = p
	if err := p.open(ctx, r.source, OutputID{r.q.shuffle, it.mapID, it.attempt}, it); err != nil {
		if r.sent > 0 {
			return nil, fmt.Errorf("in the middle of its answer: %w", err)
		}
		p.head = r.fail(it, err)
	}
	return p, nil
}

// open finds the blocks of an item.
func (p *piece) open(ctx context.Context, from Source, id OutputID, it item) error {
	file, err := from.OpenOutput(ctx, id)
	if err != nil {
		return err
	}
	entries, err := file.entries(it.first, it.first+it.count)
	if err != nil {
		file.Close()
		return err
	}
	metas := make([]BlockMeta, len(entries))
	for i, e := range entries {
		metas[i] = e.BlockMeta
		p.bytes += e.Bytes
	}
	p.file, p.offset, p.head = file, entries[0].offset, encodeAnswer(metas)
	return nil
}

// fail returns the answer to an item that cannot be served.
func (r *reply) fail(it item, err error) []byte {
	st := statusOf(err)
	r.counts.failed(st)
	r.lost += it.count
	r.Log.Debug("block not served", "peer", r.RemoteAddr(), "shuffle", r.q.shuffle,
		"map", it.mapID, "attempt", it.attempt, "error", err)
	return encodeFailure(st, err.Error())
}

// advance moves on by n bytes of the item's answer.
func (r *reply) advance(p *piece, n int64) {
	r.sent += n
	if r.sent == p.size() {
		r.item, r.sent = r.item+1, 0
	}
}

// fill puts what comes next into the buffer until that is full or the reply ends, or up to a
// block of more than large bytes.
func (r *reply) fill(ctx context.Context, b *sendBuffer, large int64) error {
	fit := orDefault(r.fit, len(b.whole))
	b.data, b.marks = b.whole[:0:fit], append(b.marks[:0], mark{r.item, -r.sent})
	for !r.done() && len(b.data) < cap(b.data) {
		p, err := r.look(ctx)
		if err != nil {
			return err
		}
		if rest := int64(len(p.head)) - r.sent; rest > 0 {
			n := copy(b.room(rest), p.head[r.sent:])
			b.data = b.data[:len(b.data)+n]
			r.advance(p, int64(n))
			if int64(n) < rest {
				return nil
			}
		}
		if p.item == r.item { // its blocks follow
			if p.bytes > large {
				return nil
			}
			if err := r.read(b, p); err != nil {
				return err
			}
		}
		if p.item != r.item {
			b.marks = append(b.marks, mark{r.item, int64(len(b.data))})
		}
	}
	return nil
}

// read reads what comes next from the piece's file into the buffer.
func (r *reply) read(b *sendBuffer, p *piece) error {
	at := r.sent - int64(len(p.head))
	room := b.room(p.bytes - at)
	n := readCached(p.file.data, room, p.offset+at)
	if n < len(room) {
		m, err := p.file.data.ReadAt(room[n:], p.offset+at+int64(n))
		if n += m; n < len(room) {
			return short(err)
		}
	}
	b.data = b.data[:len(b.data)+n]
	r.advance(p, int64(n))
	return nil
}

// room is where the next n bytes go, or as many of them as the buffer takes.
func (b *sendBuffer) room(n int64) []byte {
	end := min(int64(cap(b.data)), int64(len(b.data))+n)
	return b.data[len(b.data):end:end]
}

// rewind goes back to where n bytes of a filled buffer end.
func (r *reply) rewind(b *sendBuffer, n int) {
	for i := len(b.marks) - 1; i >= 0; i-- {
		if m := b.marks[i]; m.start <= int64(n) {
			r.item, r.sent = m.item, int64(n)-m.start
			return
		}
	}
}

// moved counts bytes that were sent.
func (r *reply) moved(n int) {
	r.counts.bytes.Add(int64(n))
	if !r.began && n > 0 {
		r.began = true
		if r.FirstByte != nil {
			r.FirstByte(time.Since(r.asked))
		}
	}
}

func short(err error) error {
	if err == io.EOF || err == nil {
		return fmt.Errorf("%w: file is shorter than its index says", ErrCorrupt)
	}
	return err
}

// streamBuffers are for connections that encrypt: those write a buffer whole.
var streamBuffers = sync.Pool{New: func() any { return newSendBuffer(streamBuffer) }}

// stream sends the reply through conn's Write.
func (r *reply) stream(ctx context.Context) error {
	b := streamBuffers.Get().(*sendBuffer)
	defer streamBuffers.Put(b)
	for !r.done() {
		if err := r.fill(ctx, b, 1<<62); err != nil {
			return err
		}
		if err := r.SetWriteDeadline(time.Now().Add(r.Timeout)); err != nil {
			return err
		}
		if _, err := r.Conn.Write(b.data); err != nil {
			return err
		}
		r.moved(len(b.data))
	}
	r.counts.served(r.q, r.lost)
	return nil
}
