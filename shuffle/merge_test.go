package shuffle

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// sortedShuffle writes maps outputs of n records each and returns their locations.
func sortedShuffle(t testing.TB, store *Store, maps, n int, sorted bool) (
	locs []Location, keys []string,
) {
	value := string(make([]byte, 80))
	for m := range maps {
		var recs []rec
		for i := range n {
			recs = append(recs, rec{0, fmt.Sprintf("key%08d", (i*7919+m)%(n*maps)), value})
			keys = append(keys, recs[i].key)
		}
		writeOutput(t, WriterConfig{Store: store, Map: MapID(m), Partitions: 1,
			Sorted: sorted}, recs)
		locs = append(locs, Location{Executor: "e1", Host: "h", Map: MapID(m)})
	}
	slices.Sort(keys)
	return locs, keys
}

// However little memory there is, a merge of local and fetched blocks is complete and in
// order, and stays within its budget.
func TestMergeSpills(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	addr, _ := serve(t, ServerConfig{Source: store})
	locs, want := sortedShuffle(t, store, 6, 20_000, true)
	for i := range locs {
		locs[i].Addr = addr
	}
	for _, limit := range []int64{1, 1 << 20, 8 << 20} {
		for _, host := range []string{"h", "elsewhere"} {
			memory := NewBudget(limit)
			r, err := Merge(context.Background(), ReaderConfig{Store: store, Host: host,
				Client: newClient(t, ClientConfig{}), Memory: memory, Locations: locs})
			if err != nil {
				t.Fatal(err)
			}
			if memory.Used() > limit {
				t.Errorf("%d bytes of %d are used", memory.Used(), limit)
			}
			var got []string
			for r.Next() {
				got = append(got, string(r.Key()))
			}
			if err := r.Err(); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s with %d bytes: %d records, want %d: %v", host, limit, len(got),
					len(want), err)
			}
			if s := r.Stats(); s.Records != int64(len(want)) || s.LocalBlocks+s.RemoteBlocks != 6 {
				t.Errorf("stats %+v", s)
			}
			r.Close()
			if memory.Used() != 0 {
				t.Errorf("%d bytes of memory are not given back", memory.Used())
			}
			if r.Next() {
				t.Error("a record after Close")
			}
		}
	}
}

// A block that goes bad in the middle of a merge is a fetch failure, with either way of
// reading it.
func TestMergeOfBadBlock(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20, 29))
	for _, n := range []int{500, 20_000} { // in memory, and straight from the file
		store := newStore(t)
		locs, _ := sortedShuffle(t, store, 3, n, true)
		path := find(t, store, dataName(OutputID{Map: 1}))
		for range 20 {
			restore := flip(t, path, random)
			_, err := merge(ReaderConfig{Store: store, Host: "h", Locations: locs})
			var fetch *FetchFailedError
			if !errors.As(err, &fetch) || fetch.Map != 1 || fetch.Executor != "e1" {
				t.Fatalf("merge of %d records: %v", n, err)
			}
			restore()
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_, err := merge(ReaderConfig{Store: store, Host: "h", Locations: locs})
		var fetch *FetchFailedError
		if !errors.As(err, &fetch) || fetch.Map != 1 || !errors.Is(err, ErrNotFound) {
			t.Fatalf("merge without a file: %v", err)
		}
	}
}

// Blocks that were not written sorted are refused and not merged into disorder.
func TestMergeOfUnsorted(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	locs, _ := sortedShuffle(t, store, 2, 1000, false)
	_, err := merge(ReaderConfig{Store: store, Host: "h", Locations: locs})
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("merge: %v", err)
	}
}

func TestMergeOfNothing(t *testing.T) {
	t.Parallel()
	if got, err := merge(ReaderConfig{Store: newStore(t)}); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := read(ReaderConfig{}); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// A cancelled merge says so and blames nobody.
func TestMergeCancelled(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	locs, _ := sortedShuffle(t, store, 3, 20_000, true)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Merge(ctx, ReaderConfig{Store: store, Host: "h", Locations: locs})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	for r.Next() {
	}
	if !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("merge: %v", r.Err())
	}
	_, err = Merge(ctx, ReaderConfig{Store: store, Host: "h", Locations: locs})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("merge: %v", err)
	}
}
