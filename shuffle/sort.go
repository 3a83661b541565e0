package shuffle

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// ref stands for one record while a partition is sorted: the first bytes of its key, which
// decide nearly every comparison without touching the record, and where it lies.
type ref struct {
	prefix uint64
	at     uint64 // slab<<32 | offset; grows in order of arrival within a partition
}

const refSize = 16

// prefix returns the first eight bytes of key as a number that compares like them.
// Shorter keys are padded with zeros, so equal prefixes decide nothing.
func prefix(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var p uint64
	for i, c := range key {
		p |= uint64(c) << (56 - 8*i)
	}
	return p
}

// sortRefs returns the partition's records in order of their keys, those of equal keys in
// order of arrival. The result is valid until the next call.
func (b *buffer) sortRefs(partition int) []ref {
	refs := slices.Grow(b.refs[:0], int(b.parts[partition].records))
	skip := b.commonPrefix(partition)
	for _, c := range b.parts[partition].chunks {
		slab := b.slabs[c.slab][:c.end]
		for off := int(c.start); off < len(slab); {
			key, _, rest, _ := record(slab[off:])
			refs = append(refs, ref{prefix(key[skip:]), uint64(c.slab)<<32 | uint64(off)})
			off = len(slab) - len(rest)
		}
	}
	b.refs = refs
	slices.SortFunc(refs, func(x, y ref) int {
		if x.prefix != y.prefix {
			return cmp.Compare(x.prefix, y.prefix)
		}
		return b.compareTied(x, y)
	})
	return refs
}

// compareTied orders records whose prefixes are equal.
func (b *buffer) compareTied(x, y ref) int {
	kx, _ := b.at(x)
	ky, _ := b.at(y)
	if d := bytes.Compare(kx, ky); d != 0 {
		return d
	}
	return cmp.Compare(x.at, y.at)
}

// at returns the record that r stands for.
func (b *buffer) at(r ref) (key, value []byte) {
	key, value, _, _ = record(b.slabs[r.at>>32][uint32(r.at):])
	return key, value
}

// encoded returns the same record as it lies in the buffer.
func (b *buffer) encoded(r ref) []byte {
	from := b.slabs[r.at>>32][uint32(r.at):]
	_, _, rest, _ := record(from)
	return from[:len(from)-len(rest)]
}

// commonPrefix returns how many leading bytes all keys of the partition share ("user0004…"):
// prefixes taken after them decide more.
func (b *buffer) commonPrefix(partition int) int {
	var common []byte
	first := true
	for _, c := range b.parts[partition].chunks {
		for rest := b.slabs[c.slab][c.start:c.end]; len(rest) > 0; {
			var key []byte
			key, _, rest, _ = record(rest)
			if first {
				common, first = key, false
			}
			n := 0
			for n < len(common) && n < len(key) && common[n] == key[n] {
				n++
			}
			if common = common[:n]; n == 0 {
				return 0
			}
		}
	}
	return len(common)
}
