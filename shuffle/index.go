package shuffle

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// An index file is a header, one entry for each partition, and in the file of a group the
// members, all little endian:
//
//	header, 60 bytes                                entry, 40 bytes
//	 0 magic "WFTI"     20 attempt    8 bytes        0 offset of the block  8 bytes
//	 4 version  2       28 data bytes 8              8 length as stored     8
//	 6 flags    2       36 records    8             16 records              8
//	 8 partitions 4     44 checksum   8             24 checksum             8
//	12 shuffle  4       52 members    4             32 CRC32C of the frame headers 4
//	16 map      4       56 CRC32C     4             36 CRC32C               4
//
//	members: count, map, map, … as uvarints, and a CRC32C over them, 4 bytes
//
// Flag 1 says that every partition is sorted by key (by each member of a group for itself). Where
// members is not zero the file is a group's, with as many bytes of members: the map tasks whose
// rows are in it, ascending, each written as the distance from the one before. They come last,
// so that who looks for an entry need not know them, as a server does. All of them have the
// attempt of the header. Version 1 had no groups. The header's CRC covers the 56 bytes
// before it. An entry's CRC covers the header's bytes 8 to 28 and the partition's number,
// then the 36 bytes before it: an entry that was moved, or that belongs to another output,
// does not hold. Thanks to the CRC of its own and to its fixed size, one entry can be read
// without the others: each of 10,000 readers would otherwise read all of a 400 KB index.
//
// Blocks lie in the data file in the order of the partitions, from offset 0 to its end.
const (
	indexMagic      = "WFTI"
	indexVersion    = 2
	indexHeaderSize = 60
	indexEntrySize  = 40
	flagSorted      = 1
	// MaxPartitions is the largest number of reduce partitions of a shuffle.
	MaxPartitions = 1 << 24
)

// indexHeader is a decoded index header.
type indexHeader struct {
	OutputID
	sorted     bool
	partitions int
	dataBytes  int64
	records    int64
	checksum   uint64
	members    int // bytes of the list of members; 0: the file is no group's
}

// membersAt is where the list of members begins.
func (h indexHeader) membersAt() int64 {
	return indexHeaderSize + int64(h.partitions)*indexEntrySize
}

// indexEntry is a decoded index entry.
type indexEntry struct {
	offset int64
	BlockMeta
}

// put encodes the header into b.
func (h indexHeader) put(b []byte) {
	le := binary.LittleEndian
	copy(b, indexMagic)
	le.PutUint16(b[4:], indexVersion)
	if h.sorted {
		le.PutUint16(b[6:], flagSorted)
	}
	le.PutUint32(b[8:], uint32(h.partitions))
	le.PutUint32(b[12:], uint32(h.Shuffle))
	le.PutUint32(b[16:], uint32(h.Map))
	le.PutUint64(b[20:], uint64(h.Attempt))
	le.PutUint64(b[28:], uint64(h.dataBytes))
	le.PutUint64(b[36:], uint64(h.records))
	le.PutUint64(b[44:], h.checksum)
	le.PutUint32(b[52:], uint32(h.members))
	le.PutUint32(b[56:], crc32.Checksum(b[:56], castagnoli))
}

// parseIndexHeader decodes a header; the file sizes bound what it may say.
func parseIndexHeader(b []byte, id OutputID, indexSize, dataSize int64) (indexHeader, error) {
	le := binary.LittleEndian
	if string(b[:4]) != indexMagic || crc32.Checksum(b[:56], castagnoli) != le.Uint32(b[56:]) {
		return indexHeader{}, fmt.Errorf("%w: index header of %v", ErrCorrupt, id)
	}
	h := indexHeader{
		sorted:     le.Uint16(b[6:])&flagSorted != 0,
		partitions: int(le.Uint32(b[8:])),
		OutputID: OutputID{
			ShuffleID(le.Uint32(b[12:])), MapID(le.Uint32(b[16:])), AttemptID(le.Uint64(b[20:])),
		},
		dataBytes: int64(le.Uint64(b[28:])),
		records:   int64(le.Uint64(b[36:])),
		checksum:  le.Uint64(b[44:]),
		members:   int(le.Uint32(b[52:])),
	}
	switch version := le.Uint16(b[4:]); {
	case version == 1 && h.members != 0, version < 1, version > indexVersion:
		return h, fmt.Errorf("%w: index version %d, known is up to %d", ErrCorrupt, version,
			indexVersion)
	case h.OutputID != id:
		return h, fmt.Errorf("%w: index of %v, wanted %v", ErrCorrupt, h.OutputID, id)
	case h.partitions < 1 || h.partitions > MaxPartitions,
		indexSize != h.membersAt()+int64(h.members):
		return h, fmt.Errorf("%w: index of %d bytes for %d partitions", ErrCorrupt, indexSize,
			h.partitions)
	case h.dataBytes != dataSize || h.records < 0:
		return h, fmt.Errorf("%w: data file of %d bytes, its index says %d", ErrCorrupt, dataSize,
			h.dataBytes)
	}
	return h, nil
}

// putEntry encodes an entry of partition p into b; header is the encoded header.
func putEntry(b, header []byte, p int, e indexEntry) {
	le := binary.LittleEndian
	le.PutUint64(b, uint64(e.offset))
	le.PutUint64(b[8:], uint64(e.Bytes))
	le.PutUint64(b[16:], uint64(e.Records))
	le.PutUint64(b[24:], e.Checksum)
	le.PutUint32(b[32:], e.Headers)
	le.PutUint32(b[36:], entryCRC(b, header, p))
}

func entryCRC(b, header []byte, p int) uint32 {
	var place [24]byte
	copy(place[:], header[8:28])
	binary.LittleEndian.PutUint32(place[20:], uint32(p))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, b[:36])
}

// readIndexHeader reads and checks the header of an index file of the given size.
func readIndexHeader(r io.ReaderAt, id OutputID, indexSize, dataSize int64) (
	h indexHeader, raw [indexHeaderSize]byte, err error,
) {
	if _, err = r.ReadAt(raw[:], 0); err != nil {
		return h, raw, fmt.Errorf("read index of %v: %w", id, truncated(err))
	}
	h, err = parseIndexHeader(raw[:], id, indexSize, dataSize)
	return h, raw, err
}

// readEntries reads the entries of partitions [first, last) and checks that their blocks
// follow one another within the data file.
func readEntries(r io.ReaderAt, h indexHeader, raw []byte, first, last int) ([]indexEntry, error) {
	if first < 0 || first > last || last > h.partitions {
		return nil, fmt.Errorf("%w: partitions %d to %d of %v, which has %d", ErrNotFound, first,
			last, h.OutputID, h.partitions)
	}
	buf := make([]byte, (last-first)*indexEntrySize)
	if _, err := r.ReadAt(buf, indexHeaderSize+int64(first)*indexEntrySize); err != nil {
		return nil, fmt.Errorf("read index of %v: %w", h.OutputID, truncated(err))
	}
	entries := make([]indexEntry, last-first)
	for i := range entries {
		e, err := parseEntry(buf[i*indexEntrySize:], h, raw, first+i)
		if err != nil {
			return nil, err
		}
		if i > 0 && e.offset != entries[i-1].offset+entries[i-1].Bytes {
			return nil, fmt.Errorf("%w: index of %v has a gap before partition %d", ErrCorrupt,
				h.OutputID, first+i)
		}
		entries[i] = e
	}
	return entries, nil
}

func parseEntry(b []byte, h indexHeader, raw []byte, p int) (indexEntry, error) {
	le := binary.LittleEndian
	e := indexEntry{int64(le.Uint64(b)), BlockMeta{
		Bytes:    int64(le.Uint64(b[8:])),
		Records:  int64(le.Uint64(b[16:])),
		Checksum: le.Uint64(b[24:]),
		Headers:  le.Uint32(b[32:]),
	}}
	if entryCRC(b, raw, p) != le.Uint32(b[36:]) {
		return e, fmt.Errorf("%w: index of %v, entry %d", ErrCorrupt, h.OutputID, p)
	}
	if e.offset < 0 || e.Bytes < 0 || e.Records < 0 || e.offset > h.dataBytes ||
		e.Bytes > h.dataBytes-e.offset {
		return e, fmt.Errorf("%w: index of %v puts partition %d at %d+%d of %d bytes", ErrCorrupt,
			h.OutputID, p, e.offset, e.Bytes, h.dataBytes)
	}
	return e, nil
}
