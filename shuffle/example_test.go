package shuffle_test

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/weft-data/weft/shuffle"
)

// A map task writes its records by partition; a reduce task reads its partition of all map
// outputs.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	store, err := shuffle.OpenStore(dir)
	if err != nil {
		panic(err)
	}
	defer store.Close()

	w, err := shuffle.NewWriter(shuffle.WriterConfig{Store: store, Partitions: 2, Attempt: 1})
	if err != nil {
		panic(err)
	}
	defer w.Abort()
	for i, word := range []string{"to", "be", "or", "not"} {
		if err := w.Add(i%2, []byte(word), []byte("1")); err != nil {
			panic(err)
		}
	}
	if _, err := w.Commit(); err != nil {
		panic(err)
	}

	r, err := shuffle.NewReader(context.Background(), shuffle.ReaderConfig{
		Store: store, First: 1, Locations: []shuffle.Location{{Attempt: 1}},
	})
	if err != nil {
		panic(err)
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		batch.Each(func(key, value []byte) { fmt.Printf("%s=%s\n", key, value) })
	}
	// Output:
	// be=1
	// not=1
}

// A Sorter orders any number of records by key within its memory.
func ExampleSorter() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	store, err := shuffle.OpenStore(dir)
	if err != nil {
		panic(err)
	}
	defer store.Close()

	s, err := shuffle.NewSorter(shuffle.SorterConfig{
		Store: store, Memory: shuffle.NewBudget(1 << 20),
		Combine: func(key, acc, value []byte) []byte { return append(acc, value...) },
	})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	for _, word := range []string{"be", "to", "be", "a"} {
		if err := s.Add([]byte(word), []byte("1")); err != nil {
			panic(err)
		}
	}
	r, err := s.Sort()
	if err != nil {
		panic(err)
	}
	defer r.Close()
	for r.Next() {
		fmt.Printf("%s %s\n", r.Key(), r.Value())
	}
	if err := r.Err(); err != nil {
		panic(err)
	}
	// Output:
	// a 1
	// be 11
	// to 1
}
