package shuffle

import (
	"context"
	"testing"
)

func TestQuick(t *testing.T) {
	s, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, sorted := range []bool{false, true} {
		w, _ := NewWriter(WriterConfig{Store: s, Partitions: 3, Sorted: sorted, Attempt: 5, Memory: NewBudget(200 << 10)})
		for i := range 100000 {
			if err := w.Add(i%3, []byte{byte(i >> 16), byte(i >> 8), byte(i)}, []byte("value")); err != nil {
				t.Fatal(err)
			}
		}
		out, err := w.Commit()
		if err != nil {
			t.Fatal(err)
		}
		t.Log(out)
		f, err := s.OpenOutput(context.Background(), out.OutputID)
		if err != nil {
			t.Fatal(err)
		}
		es, err := f.entries(0, 3)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range es {
			b := f.block(e)
			for {
				x, err := b.Next()
				if err != nil {
					t.Log(err)
					break
				}
				n += x.Records
			}
		}
		t.Log(n)
	}
}
