package simulated

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/weft-data/weft/dag"
)

// outputKey names a map output: the attempt is part of it, because two attempts of a stage that
// is not deterministic are different data.
type outputKey struct {
	shuffle dag.ShuffleID
	task    int32
	attempt int32
}

// block is one reduce partition of a map output as it is stored: records and their checksum,
// which is taken before anything else can happen to them.
type block struct {
	data []byte
	sum  uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func encode(records []uint64) block {
	data := make([]byte, 0, 8*len(records))
	for _, r := range records {
		data = binary.LittleEndian.AppendUint64(data, r)
	}
	return block{data, crc32.Checksum(data, castagnoli)}
}

// decode gives the records, and whether they are those that were stored.
func (b block) decode() (records []uint64, ok bool) {
	for d := b.data; len(d) >= 8; d = d[8:] {
		records = append(records, binary.LittleEndian.Uint64(d))
	}
	return records, crc32.Checksum(b.data, castagnoli) == b.sum
}

// flip damages one bit.
func (b block) flip(bit int) { b.data[bit/8] ^= 1 << (bit % 8) }

// stored is a map output in an executor's store.
type stored struct {
	key    outputKey
	blocks []block
}

// store is an executor's files, oldest first: a slice, so that faults find them in one order.
type store []*stored

func (s store) find(k outputKey) *stored {
	for _, o := range s {
		if o.key == k {
			return o
		}
	}
	return nil
}
