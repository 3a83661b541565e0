package shuffle

import (
	"errors"
	"fmt"

	"github.com/zeebo/xxh3"
)

const (
	// slabSize is what a buffer takes from the pool, and asks the budget for, at once.
	slabSize = 64 << 10
	// firstChunk and maxChunk bound a partition's chunks: with 10,000 partitions each must
	// cost little, with one the chunks should be long.
	firstChunk = 512
	maxChunk   = 32 << 10
	// ownMemory is the budget of a task that was given none.
	ownMemory = 64 << 20
)

// errFull says that the budget is used up: spill, then try again.
var errFull = errors.New("shuffle: buffer full")

// chunk is a piece of a slab that holds whole records of one partition.
type chunk struct {
	slab, start, end uint32
	records          uint32
}

// partBuffer is one partition's records, encoded, in order of arrival. The last chunk is
// open: free is what is left of it, and its end and records are set when it is closed.
type partBuffer struct {
	free     []byte
	chunks   []chunk
	records  int64  // in the buffer
	closed   int64  // of them in closed chunks
	bytes    int64  // in closed chunks
	total    int64  // ever added
	checksum uint64 // of all ever added
}

// buffer holds records by partition within a memory budget. Nothing is allocated for a
// record: chunks are cut from slabs, and slabs come from a pool that all tasks share.
type buffer struct {
	store   *Store
	memory  Memory
	granted int64
	parts   []partBuffer
	slabs   [][]byte
	free    int // offset in the last slab; all chunks before it are taken
	records int64
	sorting bool  // memory for sorting the largest partition is granted with the slabs
	most    int64 // records of the largest partition
	scratch int64 // granted for sorting it
	refs    []ref // scratch of sortRefs

	fresh   []byte      // the record added last, which has no hash yet
	freshOf *partBuffer // its partition
}

func newBuffer(store *Store, memory Memory, partitions int, sorting bool) *buffer {
	if memory == nil {
		memory = NewBudget(ownMemory)
	}
	return &buffer{store: store, memory: memory, sorting: sorting,
		parts: make([]partBuffer, partitions)}
}

// add copies a record in, or returns errFull. An empty buffer is never full: it takes one
// record beyond the budget, so that every task gets on.
func (b *buffer) add(partition int, key, value []byte) error {
	p := &b.parts[partition]
	n := recordSize(key, value)
	if n > len(p.free) {
		if err := b.open(p, n); err != nil {
			return err
		}
	}
	putRecord(p.free, key, value)
	b.hash()
	b.fresh, b.freshOf = p.free[:n], p
	p.free = p.free[n:]
	p.records++
	p.total++
	b.records++
	return nil
}

// hash takes the hash of the record that was added last. To take it at once would wait for the
// record to get from the processor's store buffer to memory that is seldom in its cache.
func (b *buffer) hash() {
	if b.freshOf != nil {
		b.freshOf.checksum += xxh3.Hash(b.fresh)
		b.fresh, b.freshOf = nil, nil
	}
}

// open gives the partition a new chunk with room for n bytes at least.
func (b *buffer) open(p *partBuffer, n int) error {
	if n > MaxRecord {
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrRecordTooLarge, n, MaxRecord)
	}
	b.close(p)
	want := max(n, min(maxChunk, max(firstChunk, int(p.bytes))))
	if len(b.slabs) == 0 || b.left() < n {
		if err := b.slab(want); err != nil {
			return err
		}
	}
	want = min(want, b.left())
	slab := b.slabs[len(b.slabs)-1]
	p.chunks = append(p.chunks, chunk{slab: uint32(len(b.slabs) - 1), start: uint32(b.free)})
	p.free = slab[b.free : b.free+want]
	b.free += want
	return nil
}

func (b *buffer) left() int { return len(b.slabs[len(b.slabs)-1]) - b.free }

// close ends the partition's open chunk.
func (b *buffer) close(p *partBuffer) {
	if p.free == nil {
		return
	}
	c := &p.chunks[len(p.chunks)-1]
	slab := b.slabs[c.slab]
	c.end = uint32(cap(slab) - cap(p.free))
	c.records = uint32(p.records - p.closed)
	p.closed = p.records
	p.bytes += int64(c.end - c.start)
	p.free = nil
	b.most = max(b.most, p.records)
}

// slab takes a slab from the pool, or makes one for a record that is larger.
func (b *buffer) slab(n int) error {
	size := max(n, slabSize)
	var scratch int64
	if b.sorting {
		scratch = max(0, b.most*refSize-b.scratch)
	}
	if need := int64(size) + scratch; b.memory.Grow(need) {
		b.granted += need
		b.scratch += scratch
	} else if b.records > 0 {
		return errFull
	}
	if size == slabSize {
		b.slabs = append(b.slabs, b.store.slabs.Get().(*[slabSize]byte)[:])
	} else {
		b.slabs = append(b.slabs, make([]byte, size))
	}
	b.free = 0
	return nil
}

// finish closes all chunks: the buffer is about to be read.
func (b *buffer) finish() {
	b.hash()
	for i := range b.parts {
		b.close(&b.parts[i])
	}
}

// reset empties the buffer and gives its memory back; totals and checksums stay.
func (b *buffer) reset() {
	for i := range b.parts {
		p := &b.parts[i]
		p.free, p.chunks = nil, p.chunks[:0]
		p.records, p.closed, p.bytes = 0, 0, 0
	}
	for _, slab := range b.slabs {
		if len(slab) == slabSize {
			b.store.slabs.Put((*[slabSize]byte)(slab))
		}
	}
	clear(b.slabs)
	b.slabs, b.free, b.most, b.records = b.slabs[:0], 0, 0, 0
	b.memory.Shrink(b.granted)
	b.granted, b.scratch = 0, 0
}

// writeTo appends the partition's records to a block, as they came.
func (b *buffer) writeTo(w *BlockWriter, partition int) error {
	for _, c := range b.parts[partition].chunks {
		if err := w.addEncoded(b.slabs[c.slab][c.start:c.end], int(c.records)); err != nil {
			return err
		}
	}
	return nil
}
