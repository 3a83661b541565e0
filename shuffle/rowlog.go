package shuffle

import (
	"fmt"

	"github.com/zeebo/xxh3"
)

// row is one record in a rowLog.
type row struct {
	hash     uint64
	slab, at uint32
	part     uint32
	size     uint32
}

// rowCost is what the budget is asked for a row beside its bytes: the row itself, and its place
// in the order of partitions while the file is written.
const rowCost = 24 + 8

// rowLog keeps one map task's records in the order in which they came. Unlike a buffer it costs
// nothing for a partition: a task of a thousand records for ten thousand partitions would spend
// more on empty chunks than on them.
type rowLog struct {
	store    *Store
	memory   Memory
	limit    int64 // of granted
	granted  int64
	slabs    [][]byte
	free     []byte // rest of the last slab
	rows     []row
	bytes    int64
	checksum uint64
}

// add copies a record in, or returns errFull.
func (l *rowLog) add(partition int, key, value []byte) error {
	n := recordSize(key, value)
	if n > len(l.free) {
		if err := l.slab(n); err != nil {
			return err
		}
	}
	if len(l.rows) == cap(l.rows) {
		if err := l.grow(); err != nil {
			return err
		}
	}
	putRecord(l.free, key, value)
	last := len(l.slabs) - 1
	r := row{hash: xxh3.Hash(l.free[:n]), slab: uint32(last),
		at: uint32(len(l.slabs[last]) - len(l.free)), part: uint32(partition), size: uint32(n)}
	l.free = l.free[n:]
	l.rows = append(l.rows, r)
	l.bytes += int64(n)
	l.checksum += r.hash
	return nil
}

// slab takes a slab from the pool, or makes one for a record that is larger.
func (l *rowLog) slab(n int) error {
	if n > MaxRecord {
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrRecordTooLarge, n, MaxRecord)
	}
	size := max(n, slabSize)
	if !l.take(int64(size)) {
		return errFull
	}
	if size == slabSize {
		l.slabs = append(l.slabs, l.store.slabs.Get().(*[slabSize]byte)[:])
	} else {
		l.slabs = append(l.slabs, make([]byte, size))
	}
	l.free = l.slabs[len(l.slabs)-1]
	return nil
}

// grow doubles the room for rows.
func (l *rowLog) grow() error {
	more := max(256, cap(l.rows))
	if !l.take(int64(more) * rowCost) {
		return errFull
	}
	l.rows = append(make([]row, 0, cap(l.rows)+more), l.rows...)
	return nil
}

func (l *rowLog) take(n int64) bool {
	if l.granted+n > l.limit || !l.memory.Grow(n) {
		return false
	}
	l.granted += n
	return true
}

// encoded returns a record as it lies in the log.
func (l *rowLog) encoded(r row) []byte {
	return l.slabs[r.slab][r.at : r.at+r.size : r.at+r.size]
}

// key returns a record's key.
func (l *rowLog) key(r row) []byte {
	key, _, _ := field(l.encoded(r))
	return key
}

// drop gives memory back. It may be called twice.
func (l *rowLog) drop() {
	for _, slab := range l.slabs {
		if len(slab) == slabSize {
			l.store.slabs.Put((*[slabSize]byte)(slab))
		}
	}
	l.memory.Shrink(l.granted)
	l.granted, l.slabs, l.free, l.rows = 0, nil, nil, nil
}
