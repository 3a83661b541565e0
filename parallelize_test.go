package weft

import (
	"bytes"
	"errors"
	"testing"

	"github.com/weft-data/weft/internal/codec"
)

// FuzzSlice: a partition's bytes are refused, or mean what the same bytes are written for.
func FuzzSlice(f *testing.F) {
	for _, s := range []slice{
		{}, {count: 3, records: []byte("abc")}, {count: 1 << 40, isBlob: true, broadcast: 77},
	} {
		f.Add(s.encode())
	}
	for _, b := range []string{"", "\x00", "\x05\x02", "\x05\x01", "\x05\x01\x07\x07", "\xff\xff\xff"} {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeSlice(b)
		if err != nil {
			if !errors.Is(err, codec.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		again, err := decodeSlice(s.encode())
		if err != nil || again.count != s.count || again.isBlob != s.isBlob ||
			again.broadcast != s.broadcast || !bytes.Equal(again.records, s.records) {
			t.Fatalf("%+v, then %+v, %v", s, again, err)
		}
		if s.count < 0 || s.broadcast < 0 {
			t.Fatalf("%+v", s)
		}
	})
}
