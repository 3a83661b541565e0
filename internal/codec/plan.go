package codec

import (
	"encoding"
	"fmt"
	"reflect"
	"unsafe"
)

// plan is the pair of functions made for one type. It is shared by reference, because a recursive
// type needs its own plan before that is finished.
type plan struct {
	encode encodeFunc
	decode decodeFunc
}

// planner makes the plans of one root type.
type planner struct {
	root reflect.Type
	seen map[reflect.Type]*plan
	slow string
}

var (
	appenderType    = reflect.TypeFor[encoding.BinaryAppender]()
	unmarshalerType = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// value plans t, which stands at path inside the root type.
func (p *planner) value(t reflect.Type, path string) (*plan, error) {
	if done := p.seen[t]; done != nil && done.encode != nil {
		return done, nil
	} else if done != nil {
		return p.later(done), nil
	}
	made := &plan{}
	p.seen[t] = made
	got, err := p.build(t, path)
	if err != nil {
		return nil, err
	}
	*made = *got
	return made, nil
}

// later refers to a plan that may still be in the making.
func (p *planner) later(to *plan) *plan {
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte { return to.encode(dst, v) },
		decode: func(src []byte, v unsafe.Pointer) ([]byte, error) { return to.decode(src, v) },
	}
}

func (p *planner) build(t reflect.Type, path string) (*plan, error) {
	if reflect.PointerTo(t).Implements(appenderType) &&
		reflect.PointerTo(t).Implements(unmarshalerType) {
		return binaryPlan(t), nil
	}
	if made := scalarPlan(t); made != nil {
		return made, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return p.structure(t, path)
	case reflect.Slice:
		return p.slice(t, path)
	case reflect.Array:
		return p.array(t, path)
	case reflect.Pointer:
		return p.pointer(t, path)
	case reflect.Map:
		return p.mapping(t, path)
	default:
		return nil, fmt.Errorf("%s: a %s value cannot travel between executors: use a plain data type, "+
			"or give %s the methods AppendBinary and UnmarshalBinary", path, t.Kind(), TypeName(t))
	}
}

func (p *planner) structure(t reflect.Type, path string) (*plan, error) {
	type field struct {
		offset uintptr
		*plan
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		made, err := p.value(f.Type, path+"."+f.Name)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{f.Offset, made})
	}
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte {
			for i := range fields {
				dst = fields[i].encode(dst, unsafe.Add(v, fields[i].offset))
			}
			return dst
		},
		decode: func(src []byte, v unsafe.Pointer) (_ []byte, err error) {
			for i := range fields {
				if src, err = fields[i].decode(src, unsafe.Add(v, fields[i].offset)); err != nil {
					return nil, err
				}
			}
			return src, nil
		},
	}, nil
}

func (p *planner) array(t reflect.Type, path string) (*plan, error) {
	elem, err := p.value(t.Elem(), path+"[]")
	if err != nil {
		return nil, err
	}
	n, size := t.Len(), t.Elem().Size()
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte {
			for i := range n {
				dst = elem.encode(dst, unsafe.Add(v, uintptr(i)*size))
			}
			return dst
		},
		decode: func(src []byte, v unsafe.Pointer) (_ []byte, err error) {
			for i := range n {
				if src, err = elem.decode(src, unsafe.Add(v, uintptr(i)*size)); err != nil {
					return nil, err
				}
			}
			return src, nil
		},
	}, nil
}

func (p *planner) pointer(t reflect.Type, path string) (*plan, error) {
	elem, err := p.value(t.Elem(), "(*"+path+")")
	if err != nil {
		return nil, err
	}
	to := t.Elem()
	return &plan{
		encode: func(dst []byte, v unsafe.Pointer) []byte {
			at := *(*unsafe.Pointer)(v)
			if at == nil {
				return append(dst, 0)
			}
			return elem.encode(append(dst, 1), at)
		},
		decode: func(src []byte, v unsafe.Pointer) ([]byte, error) {
			if len(src) == 0 || src[0] > 1 {
				return nil, ErrCorrupt
			}
			if src[0] == 0 {
				*(*unsafe.Pointer)(v) = nil
				return src[1:], nil
			}
			at := reflect.New(to).UnsafePointer()
			*(*unsafe.Pointer)(v) = at
			return elem.decode(src[1:], at)
		},
	}, nil
}
