package codec

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"reflect"
	"slices"
	"unsafe"
)

// sliceHeader is the memory of any slice value.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// slice plans []T. Only allocating a decoded slice of a type with pointers goes through package
// reflect, once per slice; there is no other way to get such memory.
func (p *planner) slice(t reflect.Type, path string) (*plan, error) {
	if t.Elem().Kind() == reflect.Uint8 {
		return &plan{encodeBytes, decodeBytes}, nil
	}
	elem, err := p.value(t.Elem(), path+"[]")
	if err != nil {
		return nil, err
	}
	size := t.Elem().Size()
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte {
			h := (*sliceHeader)(v)
			if h.data == nil {
				return append(dst, 0)
			}
			dst = binary.AppendUvarint(dst, uint64(h.len)+1)
			for i := range h.len {
				dst = elem.encode(dst, unsafe.Add(h.data, uintptr(i)*size))
			}
			return dst
		},
		decode: func(src []byte, v unsafe.Pointer) ([]byte, error) {
			n, src, isNil, err := length(src, size)
			if err != nil || isNil {
				*(*sliceHeader)(v) = sliceHeader{}
				return src, err
			}
			data := reflect.MakeSlice(t, n, n).UnsafePointer()
			*(*sliceHeader)(v) = sliceHeader{data, n, n}
			for i := range n {
				if src, err = elem.decode(src, unsafe.Add(data, uintptr(i)*size)); err != nil {
					return nil, err
				}
			}
			return src, nil
		},
	}, nil
}

// length reads the element count of a slice or map. An element takes at least one byte unless its
// Go size is 0, so a count beyond the bytes at hand is refused before anything is allocated.
func length(src []byte, elemSize uintptr) (n int, rest []byte, isNil bool, err error) {
	v, used := binary.Uvarint(src)
	if used <= 0 {
		return 0, nil, false, ErrCorrupt
	}
	if v == 0 {
		return 0, src[used:], true, nil
	}
	v--
	if v > uint64(len(src)-used) && (elemSize > 0 || v > 1<<31) {
		return 0, nil, false, ErrCorrupt
	}
	return int(v), src[used:], false, nil
}

func encodeBytes(dst []byte, p unsafe.Pointer) []byte {
	b := *(*[]byte)(p)
	if b == nil {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(b))+1), b...)
}

func decodeBytes(src []byte, p unsafe.Pointer) ([]byte, error) {
	n, src, isNil, err := length(src, 1)
	if err != nil || isNil {
		*(*[]byte)(p) = nil
		return src, err
	}
	*(*[]byte)(p) = src[:n:n]
	return src[n:], nil
}

// mapping plans map[K]V through reflection, entry by entry, in the order of the encoded keys so
// that equal maps have equal bytes.
func (p *planner) mapping(t reflect.Type, path string) (*plan, error) {
	p.slow = path + " (a map)"
	key, err := p.value(t.Key(), path+"[key]")
	if err != nil {
		return nil, err
	}
	elem, err := p.value(t.Elem(), path+"[]")
	if err != nil {
		return nil, err
	}
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte {
			return encodeMap(dst, reflect.NewAt(t, v).Elem(), key, elem)
		},
		decode: func(src []byte, v unsafe.Pointer) ([]byte, error) {
			return decodeMap(src, reflect.NewAt(t, v).Elem(), key, elem)
		},
	}, nil
}

func encodeMap(dst []byte, m reflect.Value, key, elem *plan) []byte {
	if m.IsNil() {
		return append(dst, 0)
	}
	var entries [][]byte
	for it := m.MapRange(); it.Next(); {
		k, v := reflect.New(m.Type().Key()), reflect.New(m.Type().Elem())
		k.Elem().Set(it.Key())
		v.Elem().Set(it.Value())
		entries = append(entries, elem.encode(key.encode(nil, k.UnsafePointer()), v.UnsafePointer()))
	}
	slices.SortFunc(entries, bytes.Compare)
	dst = binary.AppendUvarint(dst, uint64(len(entries))+1)
	return append(dst, bytes.Join(entries, nil)...)
}

func decodeMap(src []byte, m reflect.Value, key, elem *plan) ([]byte, error) {
	n, src, isNil, err := length(src, m.Type().Key().Size()+m.Type().Elem().Size())
	if err != nil || isNil {
		m.SetZero()
		return src, err
	}
	m.Set(reflect.MakeMap(m.Type()))
	for range n {
		k, v := reflect.New(m.Type().Key()), reflect.New(m.Type().Elem())
		if src, err = key.decode(src, k.UnsafePointer()); err != nil {
			return nil, err
		}
		if src, err = elem.decode(src, v.UnsafePointer()); err != nil {
			return nil, err
		}
		m.SetMapIndex(k.Elem(), v.Elem())
	}
	return src, nil
}

// binaryPlan calls the type's own AppendBinary and UnmarshalBinary. An error of
// AppendBinary panics: the executor reports it with the operator and the record, as any
// other failure of user code.
func binaryPlan(t reflect.Type) *plan {
	return &plan{
		encode: func(dst []byte, p unsafe.Pointer) []byte {
			b, err := reflect.NewAt(t, p).Interface().(encoding.BinaryAppender).AppendBinary(nil)
			if err != nil {
				panic(err)
			}
			return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
		},
		decode: func(src []byte, p unsafe.Pointer) ([]byte, error) {
			b, rest, err := chunk(src)
			if err != nil {
				return nil, err
			}
			return rest, reflect.NewAt(t, p).Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
		},
	}
}
