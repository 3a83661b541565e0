package codec

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// ErrCorrupt says that bytes are no encoding of the wanted type.
var ErrCorrupt = errors.New("bytes do not encode the wanted type")

// encodeFunc appends the encoding of the value at p to dst.
type encodeFunc func(dst []byte, p unsafe.Pointer) []byte

// decodeFunc fills the value at p from the front of src and returns what follows it.
type decodeFunc func(src []byte, p unsafe.Pointer) ([]byte, error)

// Codec encodes and decodes values of type T.
//
// Append and Decode take pointers so that a caller can keep one variable for all records of a task:
// a pointer to a variable of its own per record would move each record to the heap.
type Codec[T any] struct {
	encode encodeFunc
	decode decodeFunc
	slow   string
}

// Of plans the codec of T, or says which part of T has none and what to do.
func Of[T any]() (*Codec[T], error) {
	t := reflect.TypeFor[T]()
	p := planner{root: t, seen: map[reflect.Type]*plan{}}
	made, err := p.value(t, TypeName(t))
	if err != nil {
		return nil, err
	}
	return &Codec[T]{encode: made.encode, decode: made.decode, slow: p.slow}, nil
}

// Append appends the encoding of *v to dst.
func (c *Codec[T]) Append(dst []byte, v *T) []byte { return c.encode(dst, unsafe.Pointer(v)) }

// Decode fills *v from the front of src and returns the rest. Strings in *v alias src.
func (c *Codec[T]) Decode(src []byte, v *T) ([]byte, error) {
	return c.decode(src, unsafe.Pointer(v))
}

// Slow names the part of T that needs reflection for every value (a map), or is empty.
// Such types are fine as parameters and broadcasts, and refused as records.
func (c *Codec[T]) Slow() string { return c.slow }

// Marshal encodes one value on its own.
func Marshal[T any](v T) ([]byte, error) {
	c, err := Of[T]()
	if err != nil {
		return nil, err
	}
	return c.Append(nil, &v), nil
}

// Unmarshal decodes one value that must fill src exactly.
func Unmarshal[T any](src []byte) (T, error) {
	var v T
	c, err := Of[T]()
	if err != nil {
		return v, err
	}
	rest, err := c.Decode(src, &v)
	if err == nil && len(rest) > 0 {
		err = ErrCorrupt
	}
	if err != nil {
		return v, fmt.Errorf("decode %s from %d bytes: %w", TypeName(reflect.TypeFor[T]()), len(src), err)
	}
	return v, nil
}

// TypeName is the name of t with full import paths, by which driver and executors know a type.
func TypeName(t reflect.Type) string {
	if t.Name() != "" && t.PkgPath() != "" {
		return t.PkgPath() + "." + t.Name()
	}
	return t.String()
}
