package pipeline

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Table combines values by key: an open-addressing hash table whose keys lie in an arena, so that
// a record costs no allocation and, with a V without pointers, the garbage collector finds
// nothing to follow.
//
//	slots:  tag (upper half of the key's hash) | index of the entry + 1, 0 when free
//	entry:  prefix | size | lower half of the hash | place of the key in the arena | value
//
// The prefix decides most comparisons, and all of those of keys up to 8 bytes, without a look into
// the arena. The zero Table is empty. It belongs to one task.
type Table[V any] struct {
	slots   []uint64
	entries []entry[V]
	arena   arena
}

type entry[V any] struct {
	prefix        uint64
	size          uint32
	hash          uint32
	chunk, offset uint32
	value         V
}

// Len is the number of keys.
func (t *Table[V]) Len() int { return len(t.entries) }

// Bytes is about what the table holds in memory, for the budget. A V counts with its own size only,
// not with what it points to.
func (t *Table[V]) Bytes() int64 {
	size := int64(unsafe.Sizeof(entry[V]{}))
	return int64(len(t.slots))*8 + int64(cap(t.entries))*size + t.arena.size
}

// At returns the value of key, and whether it was there; a new key is copied in, with the zero
// value. The pointer is good until the next call of At.
func (t *Table[V]) At(key []byte) (v *V, found bool) {
	if len(t.entries)*4 >= len(t.slots)*3 {
		t.grow()
	}
	hash, prefix := xxh3.Hash(key), prefixOf(key)
	mask, tag := uint64(len(t.slots)-1), hash>>32<<32
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot == 0 {
			return t.insert(i, hash, prefix, key), false
		}
		if slot&^0xFFFFFFFF != tag {
			continue
		}
		e := &t.entries[uint32(slot)-1]
		if e.prefix == prefix && int(e.size) == len(key) && (len(key) <= 8 || t.holds(e, key)) {
			return &e.value, true
		}
	}
}

func (t *Table[V]) holds(e *entry[V], key []byte) bool {
	return bytes.Equal(t.arena.chunks[e.chunk][e.offset:e.offset+e.size], key)
}

// prefixOf packs the first 8 bytes of a key. Shorter keys of one size have equal prefixes only if
// they are equal: their bytes are read twice where the reads overlap.
func prefixOf(key []byte) uint64 {
	switch n := len(key); {
	case n >= 8:
		return binary.LittleEndian.Uint64(key)
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(key)) | uint64(binary.LittleEndian.Uint32(key[n-4:]))<<32
	case n > 0:
		return uint64(key[0]) | uint64(key[n/2])<<8 | uint64(key[n-1])<<16
	}
	return 0
}

func (t *Table[V]) insert(slot, hash, prefix uint64, key []byte) *V {
	chunk, offset := t.arena.add(key)
	t.entries = append(t.entries, entry[V]{prefix: prefix, size: uint32(len(key)), hash: uint32(hash),
		chunk: chunk, offset: offset})
	t.slots[slot] = hash>>32<<32 | uint64(len(t.entries))
	return &t.entries[len(t.entries)-1].value
}

// grow doubles the slots. The tag holds the upper half of the hash and the entry the lower, so no
// key is hashed again.
func (t *Table[V]) grow() {
	size := max(1024, 2*len(t.slots))
	old := t.slots
	t.slots = make([]uint64, size)
	mask := uint64(size - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		i := (slot&^0xFFFFFFFF | uint64(t.entries[uint32(slot)-1].hash)) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = slot
	}
}

// Key returns key i, in the order of first appearance. Its memory is never written again.
func (t *Table[V]) Key(i int) []byte {
	e := &t.entries[i]
	return t.arena.chunks[e.chunk][e.offset : e.offset+e.size : e.offset+e.size]
}

// Value returns the value of key i.
func (t *Table[V]) Value(i int) *V { return &t.entries[i].value }

// Reset empties the table. Keys handed out stay as they are: the arena starts afresh.
func (t *Table[V]) Reset() {
	clear(t.slots)
	clear(t.entries)
	t.entries, t.arena = t.entries[:0], arena{}
}

// arena keeps bytes in chunks that never move.
type arena struct {
	chunks [][]byte
	size   int64
}

const arenaChunk = 256 << 10

func (a *arena) add(b []byte) (chunk, offset uint32) {
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last])-len(a.chunks[last]) < len(b) {
		a.chunks = append(a.chunks, make([]byte, 0, max(arenaChunk, len(b))))
		last++
		a.size += int64(cap(a.chunks[last]))
	}
	offset = uint32(len(a.chunks[last]))
	a.chunks[last] = append(a.chunks[last], b...)
	return uint32(last), offset
}
