package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Key encodes keys of type K so that bytes.Compare orders them.
//
//	bool                 one byte
//	int…, uint…          big endian, the sign bit of signed ones flipped
//	float32, float64     big endian, -0 as 0; the sign bit flipped when positive, all bits when
//	                     negative
//	string at the end    its bytes
//	string before others its bytes with 00 as 00 FF, closed by 00 01
//	struct, array        parts in order
type Key[K any] struct {
	encode encodeFunc
	decode decodeFunc
	raw    bool
}

// KeyOf plans the key codec of K. Keys are booleans, numbers, strings, and arrays and
// structs of them.
func KeyOf[K any]() (*Key[K], error) {
	t := reflect.TypeFor[K]()
	made, err := keyPlan(t, true, TypeName(t))
	if err != nil {
		return nil, err
	}
	return &Key[K]{encode: made.encode, decode: made.decode, raw: t.Kind() == reflect.String}, nil
}

// Decode fills *v from src, which must be one whole key. Strings in *v alias src where
// they stand unescaped.
func (k *Key[K]) Decode(src []byte, v *K) error {
	rest, err := k.decode(src, unsafe.Pointer(v))
	if err == nil && len(rest) > 0 {
		return ErrCorrupt
	}
	return err
}

// keyPlan plans t; last says that nothing follows it in the key.
func keyPlan(t reflect.Type, last bool, path string) (*plan, error) {
	switch t.Kind() {
	case reflect.Bool:
		return &plan{encodeBool, decodeBool}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intKey(int(t.Size()), 0x80), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return intKey(int(t.Size()), 0), nil
	case reflect.Float32:
		return floatKey(func(p unsafe.Pointer) float64 { return float64(*(*float32)(p)) },
			func(p unsafe.Pointer, f float64) { *(*float32)(p) = float32(f) }), nil
	case reflect.Float64:
		return floatKey(func(p unsafe.Pointer) float64 { return *(*float64)(p) },
			func(p unsafe.Pointer, f float64) { *(*float64)(p) = f }), nil
	case reflect.String:
		if last {
			return &plan{rawString, restString}, nil
		}
		return &plan{escapeString, unescapeString}, nil
	case reflect.Array:
		return keyParts(t.Len(), last, func(i int) (reflect.Type, uintptr, string) {
			return t.Elem(), uintptr(i) * t.Elem().Size(), path + "[]"
		})
	case reflect.Struct:
		return keyParts(t.NumField(), last, func(i int) (reflect.Type, uintptr, string) {
			return t.Field(i).Type, t.Field(i).Offset, path + "." + t.Field(i).Name
		})
	default:
		return nil, fmt.Errorf("%s: a %s cannot be (part of) a key: keys are booleans, numbers, "+
			"strings, and arrays and structs of them", path, t.Kind())
	}
}

func keyParts(n int, last bool, at func(int) (reflect.Type, uintptr, string)) (*plan, error) {
	plans, offsets := make([]*plan, n), make([]uintptr, n)
	for i := range n {
		t, offset, path := at(i)
		made, err := keyPlan(t, last && i == n-1, path)
		if err != nil {
			return nil, err
		}
		plans[i], offsets[i] = made, offset
	}
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			for i, part := range plans {
				dst = part.encode(dst, unsafe.Add(p, offsets[i]))
			}
			return dst
		},
		decode: func(src []byte, p unsafe.Pointer) (_ []byte, err error) {
			for i, part := range plans {
				if src, err = part.decode(src, unsafe.Add(p, offsets[i])); err != nil {
					return nil, err
				}
			}
			return src, nil
		},
	}, nil
}

// intKey plans an integer of size bytes; flip is xored into its first byte.
func intKey(size int, flip byte) *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			dst = appendBig(dst, p, size)
			dst[len(dst)-size] ^= flip
			return dst
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			if len(src) < size {
				return nil, ErrCorrupt
			}
			setBig(src[:size], flip, p)
			return src[size:], nil
		},
	}
}

func appendBig(dst []byte, p unsafe.Pointer, size int) []byte {
	switch size {
	case 1:
		return append(dst, *(*uint8)(p))
	case 2:
		return binary.BigEndian.AppendUint16(dst, *(*uint16)(p))
	case 4:
		return binary.BigEndian.AppendUint32(dst, *(*uint32)(p))
	default:
		return binary.BigEndian.AppendUint64(dst, *(*uint64)(p))
	}
}

func setBig(src []byte, flip byte, p unsafe.Pointer) {
	first := uint64(flip) << 56
	switch len(src) {
	case 1:
		*(*uint8)(p) = src[0] ^ flip
	case 2:
		*(*uint16)(p) = binary.BigEndian.Uint16(src) ^ uint16(first>>48)
	case 4:
		*(*uint32)(p) = binary.BigEndian.Uint32(src) ^ uint32(first>>32)
	default:
		*(*uint64)(p) = binary.BigEndian.Uint64(src) ^ first
	}
}

// floatKey plans a float through its 64-bit form, which orders float32 as well.
func floatKey(get func(unsafe.Pointer) float64, set func(unsafe.Pointer, float64)) *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			return binary.BigEndian.AppendUint64(dst, orderedBits(get(p)))
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			if len(src) < 8 {
				return nil, ErrCorrupt
			}
			set(p, fromOrderedBits(binary.BigEndian.Uint64(src)))
			return src[8:], nil
		},
	}
}

// orderedBits maps floats to integers in the order of cmp.Compare: NaN first and equal to itself,
// -0 equal to 0.
func orderedBits(f float64) uint64 {
	if f != f {
		return 0
	}
	if f == 0 {
		f = 0
	}
	bits := math.Float64bits(f)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

func fromOrderedBits(bits uint64) float64 {
	switch {
	case bits == 0:
		return math.NaN()
	case bits>>63 == 1:
		return math.Float64frombits(bits &^ (1 << 63))
	default:
		return math.Float64frombits(^bits)
	}
}

func rawString(dst []byte, p unsafe.Pointer) []byte { return append(dst, *(*string)(p)...) }

func restString(src []byte, p unsafe.Pointer) ([]byte, error) {
	*(*string)(p) = unsafe.String(unsafe.SliceData(src), len(src))
	return nil, nil
}

func escapeString(dst []byte, p unsafe.Pointer) []byte {
	s := *(*string)(p)
	for i := range len(s) {
		dst = append(dst, s[i])
		if s[i] == 0 {
			dst = append(dst, 0xFF)
		}
	}
	return append(dst, 0, 1)
}

func unescapeString(src []byte, p unsafe.Pointer) ([]byte, error) {
	var out []byte
	for {
		i := bytes.IndexByte(src, 0)
		if i < 0 || i+1 >= len(src) {
			return nil, ErrCorrupt
		}
		out = append(out, src[:i]...)
		closing := src[i+1]
		src = src[i+2:]
		switch closing {
		case 1:
			*(*string)(p) = string(out)
			return src, nil
		case 0xFF:
			out = append(out, 0)
		default:
			return nil, ErrCorrupt
		}
	}
}
