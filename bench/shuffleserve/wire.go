package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// request asks for one partition of the first so many map outputs, as shuffle/protocol.go draws.
func request(maps, reduce int) []byte {
	le := binary.LittleEndian
	b := make([]byte, 24+20*maps)
	copy(b, "WFRQ")
	le.PutUint16(b[4:], 1)
	le.PutUint16(b[6:], 1)
	le.PutUint32(b[8:], uint32(maps))
	for m := range maps {
		item := b[24+20*m:]
		le.PutUint32(item, uint32(m))
		le.PutUint32(item[12:], uint32(reduce))
		le.PutUint32(item[16:], 1)
	}
	le.PutUint32(b[16:], crc32.Checksum(b[24:], castagnoli))
	le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
	return b
}

// drop reads an answer of one block, and drops it.
func drop(r io.Reader, buf []byte) (bytes int64, err error) {
	head := buf[:28]
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, err
	}
	le := binary.LittleEndian
	if status := le.Uint32(head[4:]); string(head[:4]) != "WFRS" || status != 0 {
		return 0, fmt.Errorf("answer %x", head)
	}
	bytes = int64(le.Uint64(head[12:]))
	for left := bytes + 28; left > 0; {
		n, err := r.Read(buf[:min(int64(len(buf)), left)])
		if err != nil {
			return 0, err
		}
		left -= int64(n)
	}
	return bytes, nil
}
