package codec

import "unsafe"

// KeyBuffer encodes one key after the other in memory that it keeps, so that a record costs no
// allocation. It belongs to one task.
type KeyBuffer[K any] struct {
	key *Key[K]
	v   K
	buf []byte
}

// NewKeyBuffer returns a KeyBuffer for k.
func NewKeyBuffer[K any](k *Key[K]) *KeyBuffer[K] { return &KeyBuffer[K]{key: k} }

// Of returns the encoding of v, good until the next call. For strings it aliases v.
func (b *KeyBuffer[K]) Of(v K) []byte {
	if b.key.raw { // without a copy in b, whose pointer would cost a write barrier for every record
		s := *(*string)(unsafe.Pointer(&v))
		return unsafe.Slice(unsafe.StringData(s), len(s))
	}
	b.v = v
	b.buf = b.key.encode(b.buf[:0], unsafe.Pointer(&b.v))
	return b.buf
}

// Decode returns the key that src encodes; strings alias src.
func (b *KeyBuffer[K]) Decode(src []byte) (K, error) {
	err := b.key.Decode(src, &b.v)
	return b.v, err
}

// Buffer is KeyBuffer for values.
type Buffer[T any] struct {
	codec *Codec[T]
	v     T
	buf   []byte
}

// NewBuffer returns a Buffer for c.
func NewBuffer[T any](c *Codec[T]) *Buffer[T] { return &Buffer[T]{codec: c} }

// Of returns the encoding of v, good until the next call.
func (b *Buffer[T]) Of(v T) []byte {
	b.v = v
	b.buf = b.codec.Append(b.buf[:0], &b.v)
	return b.buf
}

// Decode returns the value that src encodes from its first byte to its last; strings alias src.
func (b *Buffer[T]) Decode(src []byte) (T, error) {
	var zero T
	b.v = zero
	rest, err := b.codec.Decode(src, &b.v)
	if err == nil && len(rest) > 0 {
		err = ErrCorrupt
	}
	return b.v, err
}
