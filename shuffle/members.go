package shuffle

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// encodeMembers returns the list of a group's members as it ends the index; none for nil.
func encodeMembers(ids []MapID) []byte {
	if ids == nil {
		return nil
	}
	b := binary.AppendUvarint(nil, uint64(len(ids)))
	before := MapID(0)
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id-before))
		before = id
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// readMembers reads the list of a group's members; nil where the file is no group's.
func readMembers(r io.ReaderAt, h indexHeader) ([]MapID, error) {
	if h.members == 0 {
		return nil, nil
	}
	bad := fmt.Errorf("%w: members of %v", ErrCorrupt, h.OutputID)
	b := make([]byte, h.members) // the size of the index file has confirmed it
	if _, err := r.ReadAt(b, h.membersAt()); err != nil {
		return nil, fmt.Errorf("read members of %v: %w", h.OutputID, truncated(err))
	}
	end := len(b) - 4
	if end < 1 || crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return nil, bad
	}
	b = b[:end]
	n, w := binary.Uvarint(b)
	if w <= 0 || n < 1 || n > uint64(len(b)-w) {
		return nil, bad
	}
	ids, before := make([]MapID, 0, n), uint64(0)
	for b = b[w:]; len(b) > 0; b = b[w:] {
		step, read := binary.Uvarint(b)
		w = read
		if w <= 0 || step > 1<<32-1 || before+step > 1<<32-1 || len(ids) > 0 && step == 0 {
			return nil, bad
		}
		before += step
		ids = append(ids, MapID(before))
	}
	if uint64(len(ids)) != n {
		return nil, bad
	}
	return ids, nil
}

// Members returns the map tasks whose rows the file has, ascending: those of a group, or the one.
// Nobody may change the list.
func (f *OutputFile) Members() ([]MapID, error) {
	if known := f.whose.Load(); known != nil {
		return *known, nil
	}
	ids, err := readMembers(f.index, f.indexHeader)
	if err != nil {
		return nil, err
	}
	if ids == nil {
		ids = []MapID{f.Map}
	}
	f.whose.Store(&ids)
	return ids, nil
}
