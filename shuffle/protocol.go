package shuffle

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// The protocol is one request, one answer, again and again over a connection that is
// authenticated before its first byte. All numbers are little endian.
//
//	request, 24 bytes          item, 20 bytes each            answer to one item, 28 bytes
//	 0 magic "WFRQ"            map output:  cached block:      0 magic "WFRS"
//	 4 version     2            0 map     4  0 dataset   8      4 status      4
//	 6 kind        2            4 attempt 8  8 partition 4      8 blocks      4 (or message length)
//	 8 items       4           12 first   4 12 zero      8     12 bytes       8
//	12 shuffle     4           16 count   4                    20 body CRC32C 4
//	16 body CRC32C 4                                           24 head CRC32C 4
//	20 head CRC32C 4
//
// A body CRC covers what follows the head: the items, or in an answer a message or the meta
// data of the blocks. The head's own CRC covers all before it, so that neither side waits
// for a body whose length is wrong. There is one answer for each item, in order. It has
// meta data (bytes 8, records 8, checksum 8, headers' CRC 4) for every partition of the
// item's range, empty ones too. Then come the blocks as they lie in the file, one after
// another: a range of partitions is one piece of one file.
const (
	requestMagic    = "WFRQ"
	answerMagic     = "WFRS"
	protocolVersion = 1
	requestSize     = 24
	itemSize        = 20
	answerSize      = 28
	metaSize        = 28
)

// The kinds of request.
const (
	kindOutput = 1 // blocks of map outputs
	kindCached = 2 // cached blocks
)

// Limits of one request. A server refuses more; a client asks several times.
const (
	maxItems   = 4096
	maxBlocks  = 65536
	maxMessage = 1024
)

// seal puts both CRCs into the last eight bytes of a message's head.
func seal(b []byte, head int) {
	le := binary.LittleEndian
	le.PutUint32(b[head-8:], crc32.Checksum(b[head:], castagnoli))
	le.PutUint32(b[head-4:], crc32.Checksum(b[:head-4], castagnoli))
}

// sealed reports whether a head is as it was sent, sealsBody whether its body is.
func sealed(head []byte) bool {
	end := len(head) - 4
	return crc32.Checksum(head[:end], castagnoli) == binary.LittleEndian.Uint32(head[end:])
}

func sealsBody(head, body []byte) bool {
	return crc32.Checksum(body, castagnoli) == binary.LittleEndian.Uint32(head[len(head)-8:])
}

// unexpected makes an end within a message an error that is not io.EOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
