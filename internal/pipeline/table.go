package pipeline

import (
	"bytes"

	"github.com/zeebo/xxh3"
)

// Table combines values by key: an open-addressing hash table whose keys lie in an arena and whose values lie in one
// slice, so that the garbage collector finds nothing to follow in it and a record costs no allocation.
//
//	slots:  tag (upper half of the key's hash) | index of the entry + 1, 0 when free
//	entry:  place of the key in the arena; value i belongs to entry i
//
// The zero Table is empty. It belongs to one task.
type Table[V any] struct {
	slots   []uint64
	entries []entry
	values  []V
	arena   arena
}

type entry struct {
	chunk, offset, size uint32
	hash                uint32
}

// Len is the number of keys.
func (t *Table[V]) Len() int { return len(t.entries) }

// Bytes is about what the table holds in memory, for the budget. V counts with its own size only.
func (t *Table[V]) Bytes(valueSize int) int64 {
	return int64(len(t.slots))*8 + int64(cap(t.entries))*16 + int64(cap(t.values))*int64(valueSize) + t.arena.size
}

// At returns the value of key, and whether it was there; a new key is copied in, with the zero value.
// The pointer is good until the next call of At.
func (t *Table[V]) At(key []byte) (v *V, found bool) {
	if len(t.entries)*4 >= len(t.slots)*3 {
		t.grow()
	}
	hash := xxh3.Hash(key)
	mask := uint64(len(t.slots) - 1)
	tag := hash >> 32 << 32
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot == 0 {
			return t.insert(i, hash, key), false
		}
		if slot&^0xFFFFFFFF != tag {
			continue
		}
		if e := uint32(slot) - 1; bytes.Equal(t.Key(int(e)), key) {
			return &t.values[e], true
		}
	}
}

func (t *Table[V]) insert(slot, hash uint64, key []byte) *V {
	var zero V
	chunk, offset := t.arena.add(key)
	t.entries = append(t.entries, entry{chunk, offset, uint32(len(key)), uint32(hash)})
	t.values = append(t.values, zero)
	t.slots[slot] = hash>>32<<32 | uint64(len(t.entries))
	return &t.values[len(t.values)-1]
}

// grow doubles the slots. The tag holds the upper half of the hash and the entry the lower, so no key is hashed
// again.
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
func (t *Table[V]) Value(i int) *V { return &t.values[i] }

// Reset empties the table. Keys handed out stay as they are: the arena starts afresh.
func (t *Table[V]) Reset() {
	clear(t.slots)
	clear(t.values)
	t.entries, t.values, t.arena = t.entries[:0], t.values[:0], arena{}
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
