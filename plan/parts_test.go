package plan

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestPartsComeBackAsTheyWere(t *testing.T) {
	for _, list := range [][]Part{
		nil, {{}}, {{}, {}}, {{Data: []byte("a")}, {}, {Data: bytes.Repeat([]byte("bc"), 1000)}},
	} {
		text, err := json.Marshal(packParts(list))
		if err != nil {
			t.Fatal(err)
		}
		var p Parts
		if err := json.Unmarshal(text, &p); err != nil || p.Len() != len(list) {
			t.Fatalf("%d parts of %d, %v", p.Len(), len(list), err)
		}
		for i := range list {
			if !bytes.Equal(p.At(i), list[i].Data) {
				t.Errorf("part %d of %d is %q", i, len(list), p.At(i))
			}
		}
	}
}

// FuzzParts: bytes are refused, or hold as many parts as they say.
func FuzzParts(f *testing.F) {
	for _, s := range []string{"", "\x00", "\x01\x00", "\x02\x01\x02abc", "\x02\x01\x02ab", "\xff\xff\xff\xff\xff\x01"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var p Parts
		if p.UnmarshalJSON(text) != nil {
			return
		}
		sum := 0
		for i := range p.Len() {
			sum += len(p.At(i))
		}
		if sum > len(b) {
			t.Fatalf("%d bytes hold %d", len(b), sum)
		}
	})
}
