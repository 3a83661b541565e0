package shuffle

import (
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// MaxRecord is the largest encoded record, lengths included.
const MaxRecord = 1 << 29

// A record as it lies in chunks, frames, spills and blocks:
//
//	┌────────────────┬─────┬──────────────────┬───────┐
//	│ uvarint len(k) │ key │ uvarint len(v)   │ value │
//	└────────────────┴─────┴──────────────────┴───────┘
//
// The reader slices it without copying. Its hash, xxh3 over all of these bytes, is taken
// when the record arrives and summed per partition.

// uvarintLen returns the encoded size of n.
func uvarintLen(n int) int { return (bits.Len64(uint64(n)|1) + 6) / 7 }

// recordSize returns the encoded size of a record.
func recordSize(key, value []byte) int {
	return uvarintLen(len(key)) + len(key) + uvarintLen(len(value)) + len(value)
}

// putRecord encodes a record into b, which has room for it, and returns its size.
func putRecord(b, key, value []byte) int {
	n := binary.PutUvarint(b, uint64(len(key)))
	n += copy(b[n:], key)
	n += binary.PutUvarint(b[n:], uint64(len(value)))
	return n + copy(b[n:], value)
}

// appendRecord appends an encoded record to b.
func appendRecord(b, key, value []byte) []byte {
	b = append(binary.AppendUvarint(b, uint64(len(key))), key...)
	return append(binary.AppendUvarint(b, uint64(len(value))), value...)
}

// field splits the first length-prefixed field off b. It trusts nothing.
func field(b []byte) (f, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 { // one byte of length: nearly always
		n := int(b[0]) + 1
		if n > len(b) {
			return nil, nil, false
		}
		return b[1:n:n], b[n:], true
	}
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, nil, false
	}
	end := w + int(n)
	return b[w:end:end], b[end:], true
}

// record splits the first record off b.
func record(b []byte) (key, value, rest []byte, ok bool) {
	if key, rest, ok = field(b); !ok {
		return nil, nil, nil, false
	}
	value, rest, ok = field(rest)
	return key, value, rest, ok
}

// checkRecords reports whether payload is exactly n well-formed records. After it, a
// Cursor over payload cannot fail. The sum of the records' hashes is the by-product.
func checkRecords(payload []byte, n int) (checksum uint64, ok bool) {
	rest := payload
	for ; n > 0; n-- {
		_, _, after, ok := record(rest)
		if !ok {
			return 0, false
		}
		checksum += xxh3.Hash(rest[:len(rest)-len(after)])
		rest = after
	}
	return checksum, len(rest) == 0
}

// wellFormed is checkRecords without the hashes.
func wellFormed(payload []byte, n int) bool {
	rest, ok := payload, true
	for ; n > 0 && ok; n-- {
		_, _, rest, ok = record(rest)
	}
	return ok && len(rest) == 0
}
