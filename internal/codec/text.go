package codec

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"unsafe"
)

// Text writes values of T for people: how SaveAsText makes lines.
//
//	strings, numbers, booleans   as fmt prints them
//	structs                      their fields with a tab between
//	slices and arrays            their elements with a blank between
//	others                       what AppendText gives (encoding.TextAppender)
type Text[T any] struct{ append encodeFunc }

// TextOf plans the text form of T.
func TextOf[T any]() (*Text[T], error) {
	t := reflect.TypeFor[T]()
	f, err := textPlan(t, TypeName(t))
	return &Text[T]{f}, err
}

// Append appends the text of *v to dst.
func (t *Text[T]) Append(dst []byte, v *T) []byte { return t.append(dst, unsafe.Pointer(v)) }

var textAppenderType = reflect.TypeFor[encoding.TextAppender]()

func textPlan(t reflect.Type, path string) (encodeFunc, error) {
	if reflect.PointerTo(t).Implements(textAppenderType) {
		return textByMethod(t), nil
	}
	switch t.Kind() {
	case reflect.String:
		return rawString, nil
	case reflect.Bool:
		return func(dst []byte, p unsafe.Pointer) []byte {
			return strconv.AppendBool(dst, *(*bool)(p))
		}, nil
	case reflect.Float32:
		return func(dst []byte, p unsafe.Pointer) []byte {
			return strconv.AppendFloat(dst, float64(*(*float32)(p)), 'g', -1, 32)
		}, nil
	case reflect.Float64:
		return func(dst []byte, p unsafe.Pointer) []byte {
			return strconv.AppendFloat(dst, *(*float64)(p), 'g', -1, 64)
		}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return textOfInteger(t.Kind()), nil
	case reflect.Struct:
		return textOfStruct(t, path)
	case reflect.Slice, reflect.Array:
		return textOfElements(t, path)
	}
	return nil, fmt.Errorf("%s: a %s has no text form: map the records to strings first, or give %s "+
		"the method AppendText", path, t.Kind(), TypeName(t))
}

// textByMethod calls AppendText; its error panics, and is reported as any failure of user code.
func textByMethod(t reflect.Type) encodeFunc {
	return func(dst []byte, p unsafe.Pointer) []byte {
		dst, err := reflect.NewAt(t, p).Interface().(encoding.TextAppender).AppendText(dst)
		if err != nil {
			panic(err)
		}
		return dst
	}
}

func textOfInteger(kind reflect.Kind) encodeFunc {
	switch kind {
	case reflect.Int:
		return textOfSigned[int]
	case reflect.Int8:
		return textOfSigned[int8]
	case reflect.Int16:
		return textOfSigned[int16]
	case reflect.Int32:
		return textOfSigned[int32]
	case reflect.Int64:
		return textOfSigned[int64]
	case reflect.Uint8:
		return textOfUnsigned[uint8]
	case reflect.Uint16:
		return textOfUnsigned[uint16]
	case reflect.Uint32:
		return textOfUnsigned[uint32]
	case reflect.Uint:
		return textOfUnsigned[uint]
	default:
		return textOfUnsigned[uint64]
	}
}

func textOfSigned[I int | int8 | int16 | int32 | int64](dst []byte, p unsafe.Pointer) []byte {
	return strconv.AppendInt(dst, int64(*(*I)(p)), 10)
}

func textOfUnsigned[U uint | uint8 | uint16 | uint32 | uint64](
	dst []byte, p unsafe.Pointer,
) []byte {
	return strconv.AppendUint(dst, uint64(*(*U)(p)), 10)
}

func textOfStruct(t reflect.Type, path string) (encodeFunc, error) {
	fields, offsets := make([]encodeFunc, t.NumField()), make([]uintptr, t.NumField())
	for i := range fields {
		f, err := textPlan(t.Field(i).Type, path+"."+t.Field(i).Name)
		if err != nil {
			return nil, err
		}
		fields[i], offsets[i] = f, t.Field(i).Offset
	}
	return func(dst []byte, p unsafe.Pointer) []byte {
		for i, f := range fields {
			if i > 0 {
				dst = append(dst, '\t')
			}
			dst = f(dst, unsafe.Add(p, offsets[i]))
		}
		return dst
	}, nil
}

func textOfElements(t reflect.Type, path string) (encodeFunc, error) {
	elem, err := textPlan(t.Elem(), path+"[]")
	if err != nil {
		return nil, err
	}
	size := t.Elem().Size()
	all := func(dst []byte, first unsafe.Pointer, n int) []byte {
		for i := range n {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = elem(dst, unsafe.Add(first, uintptr(i)*size))
		}
		return dst
	}
	if t.Kind() == reflect.Array {
		return func(dst []byte, p unsafe.Pointer) []byte { return all(dst, p, t.Len()) }, nil
	}
	return func(dst []byte, p unsafe.Pointer) []byte {
		h := (*sliceHeader)(p)
		return all(dst, h.data, h.len)
	}, nil
}
