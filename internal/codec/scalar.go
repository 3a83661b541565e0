package codec

import (
	"encoding/binary"
	"math"
	"reflect"
	"unsafe"
)

// scalarPlan plans the types that hold no other type; nil for the rest.
func scalarPlan(t reflect.Type) *plan {
	switch t.Kind() {
	case reflect.Bool:
		return &plan{encodeBool, decodeBool}
	case reflect.Int8:
		return signed[int8]()
	case reflect.Int16:
		return signed[int16]()
	case reflect.Int32:
		return signed[int32]()
	case reflect.Int64:
		return signed[int64]()
	case reflect.Int:
		return signed[int]()
	case reflect.Uint8:
		return &plan{encodeByte, decodeByte}
	case reflect.Uint16:
		return unsigned[uint16]()
	case reflect.Uint32:
		return unsigned[uint32]()
	case reflect.Uint64:
		return unsigned[uint64]()
	case reflect.Uint:
		return unsigned[uint]()
	case reflect.Float32:
		return &plan{encodeFloat32, decodeFloat32}
	case reflect.Float64:
		return &plan{encodeFloat64, decodeFloat64}
	case reflect.Complex64:
		return twice(&plan{encodeFloat32, decodeFloat32}, 4)
	case reflect.Complex128:
		return twice(&plan{encodeFloat64, decodeFloat64}, 8)
	case reflect.String:
		return &plan{encodeString, decodeString}
	}
	return nil
}

func encodeBool(dst []byte, p unsafe.Pointer) []byte {
	if *(*bool)(p) {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func decodeBool(src []byte, p unsafe.Pointer) ([]byte, error) {
	if len(src) == 0 || src[0] > 1 {
		return nil, ErrCorrupt
	}
	*(*bool)(p) = src[0] == 1
	return src[1:], nil
}

func encodeByte(dst []byte, p unsafe.Pointer) []byte { return append(dst, *(*byte)(p)) }

func decodeByte(src []byte, p unsafe.Pointer) ([]byte, error) {
	if len(src) == 0 {
		return nil, ErrCorrupt
	}
	*(*byte)(p) = src[0]
	return src[1:], nil
}

func signed[I int | int8 | int16 | int32 | int64]() *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			return binary.AppendVarint(dst, int64(*(*I)(p)))
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			v, n := binary.Varint(src)
			if n <= 0 || int64(I(v)) != v {
				return nil, ErrCorrupt
			}
			*(*I)(p) = I(v)
			return src[n:], nil
		},
	}
}

func unsigned[U uint | uint16 | uint32 | uint64]() *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			return binary.AppendUvarint(dst, uint64(*(*U)(p)))
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			v, n := binary.Uvarint(src)
			if n <= 0 || uint64(U(v)) != v {
				return nil, ErrCorrupt
			}
			*(*U)(p) = U(v)
			return src[n:], nil
		},
	}
}

func encodeFloat32(dst []byte, p unsafe.Pointer) []byte {
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(*(*float32)(p)))
}

func decodeFloat32(src []byte, p unsafe.Pointer) ([]byte, error) {
	if len(src) < 4 {
		return nil, ErrCorrupt
	}
	*(*float32)(p) = math.Float32frombits(binary.LittleEndian.Uint32(src))
	return src[4:], nil
}

func encodeFloat64(dst []byte, p unsafe.Pointer) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(*(*float64)(p)))
}

func decodeFloat64(src []byte, p unsafe.Pointer) ([]byte, error) {
	if len(src) < 8 {
		return nil, ErrCorrupt
	}
	*(*float64)(p) = math.Float64frombits(binary.LittleEndian.Uint64(src))
	return src[8:], nil
}

// twice plans two equal parts of the given size, one after the other.
func twice(part *plan, size uintptr) *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			return part.encode(part.encode(dst, p), unsafe.Add(p, size))
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			src, err := part.decode(src, p)
			if err != nil {
				return nil, err
			}
			return part.decode(src, unsafe.Add(p, size))
		},
	}
}

func encodeString(dst []byte, p unsafe.Pointer) []byte {
	s := *(*string)(p)
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func decodeString(src []byte, p unsafe.Pointer) ([]byte, error) {
	b, rest, err := chunk(src)
	if err != nil {
		return nil, err
	}
	*(*string)(p) = unsafe.String(unsafe.SliceData(b), len(b))
	return rest, nil
}

// chunk splits off a length-prefixed run of bytes.
func chunk(src []byte) (b, rest []byte, err error) {
	n, used := binary.Uvarint(src)
	if used <= 0 || n > uint64(len(src)-used) {
		return nil, nil, ErrCorrupt
	}
	end := used + int(n)
	return src[used:end:end], src[end:], nil
}
