// Package codec turns Go values into bytes and back, for records that travel between executors.
//
// A codec is planned once per type, when an operator is declared: reflection looks at the type then
// and leaves a chain of small functions over unsafe pointers, so that encoding a record involves no
// reflection and no interface value. Two forms exist:
//
//   - values ([Of]): compact, self-delimiting, for what follows a key or stands alone;
//   - keys ([KeyOf]): order-preserving, so that comparing encoded keys with bytes.Compare orders
//     them as Go's operators order the values, and equal values always have equal bytes.
//
// Values of a type are laid out like this:
//
//	bool                one byte, 0 or 1
//	int, int8…int64     zigzag varint
//	uint, uint8…uint64  uvarint (uint8 is one byte)
//	float32, float64    4 or 8 bytes, little endian
//	complex             two floats
//	string, []byte      uvarint length, bytes
//	[]T                 uvarint length + 1 (0 is nil), elements
//	[n]T                elements
//	*T                  one byte, 0 for nil; then the element
//	struct              fields in order, exported or not
//	map[K]V             uvarint length + 1 (0 is nil), keys and values in key order
//	                    (parameters and broadcasts only)
//	others              uvarint length, the bytes of AppendBinary
//	                    (encoding.BinaryAppender and BinaryUnmarshaler)
//
// Strings and byte slices that are decoded alias the source, which therefore must not change
// afterwards: every batch of weft's readers is fresh memory for this reason.
//
// Anyone may use a codec from several goroutines at once; it holds no state.
package codec
