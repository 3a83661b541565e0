package shuffle

import "testing"

// Neither side allocates for a record: only for chunks, frames and blocks.
func TestNoAllocationPerRecord(t *testing.T) {
	store := newStore(t)
	w, err := NewWriter(WriterConfig{Store: store, Partitions: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	key, value := []byte("some key"), make([]byte, 80)
	n := 0
	const records = 100_000
	if allocs := testing.AllocsPerRun(1, func() {
		for range records {
			n++
			if err := w.Add(n%8, key, value); err != nil {
				t.Fatal(err)
			}
		}
	}); allocs > records/100 {
		t.Errorf("%v allocations to write %d records", allocs, records)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(1, func() {
		sum := 0
		r, err := NewReader(t.Context(), ReaderConfig{Store: store, Last: 8,
			Locations: []Location{{}}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for b, err := r.Next(); err == nil; b, err = r.Next() {
			for c := b.Cursor(); c.Next(); {
				sum += len(c.Key())
			}
		}
		if sum != 2*records*len(key) {
			t.Fatalf("%d bytes of keys", sum)
		}
	}); allocs > records/100 {
		t.Errorf("%v allocations to read %d records", allocs, records)
	}
}
