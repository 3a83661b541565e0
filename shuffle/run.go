package shuffle

import (
	"bytes"
	"fmt"
	"io"
)

// run is a sorted stream of records that takes part in a merge. more returns its next
// payload of checked records in fresh memory, and io.EOF at the end.
type run struct {
	cur    Cursor
	prefix uint64 // of the current key; decides most comparisons
	more   func() ([]byte, error)
	ended  bool
}

// next moves to the next record; at the end it sets ended.
func (r *run) next() error {
	for !r.cur.Next() {
		payload, err := r.more()
		if err == io.EOF {
			r.ended, r.cur = true, Cursor{}
			return nil
		}
		if err != nil {
			return err
		}
		r.cur = Cursor{rest: payload}
	}
	p := prefix(r.cur.key)
	if p < r.prefix {
		return fmt.Errorf("%w: block is not sorted: key %q comes too late", ErrCorrupt, r.cur.key)
	}
	r.prefix = p
	return nil
}

// before reports whether r's current record comes before o's. An ended run comes last.
func (r *run) before(o *run) (less, tied bool) {
	switch {
	case r.ended || o.ended:
		return !r.ended, r.ended == o.ended
	case r.prefix != o.prefix:
		return r.prefix < o.prefix, false
	}
	d := bytes.Compare(r.cur.key, o.cur.key)
	return d < 0, d == 0
}

// payloads is a run's source over payloads in memory.
func payloads(list [][]byte) func() ([]byte, error) {
	return func() ([]byte, error) {
		if len(list) == 0 {
			return nil, io.EOF
		}
		first := list[0]
		list[0], list = nil, list[1:] // read payloads are free to go
		return first, nil
	}
}

// batches is a run's source over a block.
func batches(b *BlockReader) func() ([]byte, error) {
	return func() ([]byte, error) {
		batch, err := b.Next()
		return batch.payload, err
	}
}

// run returns the partition's records in order. They are copied frame by frame into fresh
// memory while they are read, in which the slabs must not be reset.
func (b *buffer) run(partition int) *run {
	refs := b.sortRefs(partition)
	return &run{more: func() ([]byte, error) {
		if len(refs) == 0 {
			return nil, io.EOF
		}
		size, n := 0, 0
		for ; n < len(refs) && (n == 0 || size < frameTarget/4); n++ {
			size += len(b.encoded(refs[n]))
		}
		payload := make([]byte, 0, size)
		for _, r := range refs[:n] {
			payload = append(payload, b.encoded(r)...)
		}
		refs = refs[n:]
		return payload, nil
	}}
}
