package shuffle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// job is a random shuffle: what each map task writes, and how.
type job struct {
	partitions int
	maps       [][]rec
	codec      Codec
	sorted     bool
	memory     int64
}

func drawJob(t *rapid.T, sorted bool) job {
	j := job{
		partitions: rapid.SampledFrom([]int{1, 2, 7, 300}).Draw(t, "partitions"),
		codec:      rapid.SampledFrom([]Codec{CodecNone, CodecZstd}).Draw(t, "codec"),
		sorted:     sorted,
		memory:     rapid.SampledFrom([]int64{1, 200 << 10, 64 << 20}).Draw(t, "memory"),
	}
	keys := rapid.OneOf(rapid.StringN(0, 3, 12), rapid.StringMatching(`user[0-9]{6}`))
	for m := range rapid.IntRange(1, 4).Draw(t, "maps") {
		few := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rec {
			return rec{rapid.IntRange(0, j.partitions-1).Draw(t, "p"), keys.Draw(t, "k"),
				rapid.StringN(0, 20, -1).Draw(t, "v")}
		}), 0, 50).Draw(t, "records")
		// Repeat what was drawn until it is more than the smallest budget holds.
		var recs []rec
		for i := range rapid.SampledFrom([]int{1, 100, 400}).Draw(t, "repeat") {
			for _, r := range few {
				r.value = fmt.Sprint(m, i, r.value)
				recs = append(recs, r)
			}
		}
		if rapid.Bool().Draw(t, "large record") {
			recs = append(recs, rec{0, "large", strings.Repeat("0123456789", 70_000)})
		}
		j.maps = append(j.maps, recs)
	}
	return j
}

// run writes the job's outputs and returns where they lie.
func (j job) run(t testing.TB, store *Store) []Location {
	var locs []Location
	for m, recs := range j.maps {
		out := writeOutput(t, WriterConfig{Store: store, Shuffle: 3, Map: MapID(m), Attempt: 9,
			Partitions: j.partitions, Memory: NewBudget(j.memory), Sorted: j.sorted,
			Codec: j.codec}, recs)
		if out.Records != int64(len(recs)) {
			t.Fatalf("committed %d records of %d", out.Records, len(recs))
		}
		locs = append(locs, Location{Executor: "e1", Host: "h", Map: MapID(m), Attempt: 9,
			Bytes: out.Bytes})
	}
	return locs
}

// want returns the records of the partitions [first, last).
func (j job) want(first, last int) []rec {
	var all []rec
	for _, recs := range j.maps {
		for _, r := range recs {
			if first <= r.part && r.part < last {
				all = append(all, r)
			}
		}
	}
	return sortedRecs(all)
}

// What goes in comes out, once, in its partition: whatever the memory, the codec, the way.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	addr, _ := serve(t, ServerConfig{Source: store})
	client := newClient(t, ClientConfig{})
	rapid.Check(t, func(rt *rapid.T) {
		j := drawJob(rt, rapid.Bool().Draw(rt, "sorted"))
		c := ReaderConfig{Shuffle: 3, Partitions: j.partitions, Host: "h", Client: client}
		c.Locations = j.run(t, store)
		c.First = rapid.IntRange(0, j.partitions-1).Draw(rt, "first")
		c.Last = rapid.IntRange(c.First+1, j.partitions).Draw(rt, "last")
		c.InFlight = rapid.SampledFrom([]int64{1, 100 << 10, 0}).Draw(rt, "in flight")
		if rapid.Bool().Draw(rt, "local") {
			c.Store = store
		}
		for i := range c.Locations {
			c.Locations[i].Addr = addr
		}
		got, err := read(c)
		if err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(j.want(c.First, c.Last), sortedRecs(got), cmp.AllowUnexported(rec{})); d != "" {
			rt.Fatal(d)
		}
	})
}

// A merge gives the same records, ordered by key, within its memory.
func TestMergeIsOrdered(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	addr, _ := serve(t, ServerConfig{Source: store})
	client := newClient(t, ClientConfig{})
	rapid.Check(t, func(rt *rapid.T) {
		j := drawJob(rt, true)
		memory := NewBudget(rapid.SampledFrom([]int64{0, 300 << 10, 64 << 20}).Draw(rt, "merge memory"))
		c := ReaderConfig{Shuffle: 3, Store: store, Client: client, Memory: memory,
			Locations: j.run(t, store)}
		if rapid.Bool().Draw(rt, "local") {
			c.Host = "h"
		}
		for i := range c.Locations {
			c.Locations[i].Addr = addr
		}
		got, err := merge(c)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.IsSortedFunc(got, func(a, b rec) int { return strings.Compare(a.key, b.key) }) {
			rt.Fatal("not in order")
		}
		if d := cmp.Diff(j.want(0, 1), sortedRecs(got), cmp.AllowUnexported(rec{})); d != "" {
			rt.Fatal(d)
		}
		if memory.Used() != 0 {
			rt.Fatalf("%d bytes of memory are not given back", memory.Used())
		}
	})
}

// A Sorter is a stable sort.
func TestSorterIsStable(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		j := drawJob(rt, true)
		memory := NewBudget(j.memory)
		s, err := NewSorter(SorterConfig{Store: store, Memory: memory, Codec: j.codec})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		var want, got []rec
		for _, recs := range j.maps {
			for _, r := range recs {
				r.part = 0
				want = append(want, r)
				if err := s.Add([]byte(r.key), []byte(r.value)); err != nil {
					rt.Fatal(err)
				}
			}
		}
		slices.SortStableFunc(want, func(a, b rec) int { return strings.Compare(a.key, b.key) })
		r, err := s.Sort()
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		for r.Next() {
			got = append(got, rec{0, string(r.Key()), string(r.Value())})
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(rec{})); d != "" || r.Err() != nil {
			rt.Fatal(r.Err(), d)
		}
		if err := r.Close(); err != nil || memory.Used() != 0 {
			rt.Fatalf("close: %v, %d bytes of memory are not given back", err, memory.Used())
		}
	})
}

// With a Combiner one record is left of each key, in spills and out of them.
func TestCombine(t *testing.T) {
	t.Parallel()
	concat := func(_, acc, value []byte) []byte { return append(acc, value...) }
	for _, memory := range []int64{1, 64 << 20} {
		store := newStore(t)
		var recs []rec
		lengths := map[string]int{}
		for i := range 40_000 {
			r := rec{0, fmt.Sprint("key", i%1000), strings.Repeat("v", i%7)}
			recs = append(recs, r)
			lengths[r.key] += len(r.value)
		}
		out := writeOutput(t, WriterConfig{Store: store, Partitions: 1, Combine: concat,
			Memory: NewBudget(memory)}, recs)
		if (memory == 1) != (out.Spills > 1) {
			t.Fatalf("%d spills with %d bytes of memory", out.Spills, memory)
		}
		got, err := read(ReaderConfig{Store: store, Locations: []Location{{}}})
		if err != nil || len(got) != 1000 {
			t.Fatalf("%d records, %v", len(got), err)
		}
		for _, r := range got {
			if len(r.value) != lengths[r.key] {
				t.Fatalf("%s has %d bytes, want %d", r.key, len(r.value), lengths[r.key])
			}
		}
	}
}

// Many spills are merged level by level, sorted or not.
func TestManySpills(t *testing.T) {
	t.Parallel()
	for _, sorted := range []bool{false, true} {
		store := newStore(t)
		recs := make([]rec, 30_000)
		for i := range recs {
			recs[i] = rec{i % 3, fmt.Sprintf("key%09d", i*7919%30_000), strings.Repeat("x", 200)}
		}
		out := writeOutput(t, WriterConfig{Store: store, Partitions: 3, Sorted: sorted,
			Memory: NewBudget(1)}, recs)
		if out.Spills < fanIn {
			t.Errorf("%d spills, want more than are merged at once", out.Spills)
		}
		got, err := read(ReaderConfig{Store: store, Last: 3, Locations: []Location{{}}})
		if err != nil {
			t.Fatal(err)
		}
		if sorted && !slices.IsSortedFunc(got, compareRecs) {
			t.Error("not in order")
		}
		if d := cmp.Diff(sortedRecs(recs), sortedRecs(got), cmp.AllowUnexported(rec{})); d != "" {
			t.Error(d)
		}
	}
}

// The checksum does not depend on order or memory, so that two attempts can be compared.
func TestChecksumIsOfTheContent(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	var recs []rec
	for i := range 20_000 {
		recs = append(recs, rec{i % 5, fmt.Sprint(i), "value"})
	}
	c := WriterConfig{Store: store, Partitions: 5}
	first := writeOutput(t, c, recs)
	slices.Reverse(recs)
	c.Attempt, c.Memory, c.Sorted, c.Codec = 1, NewBudget(1), true, CodecZstd
	if second := writeOutput(t, c, recs); second.Checksum != first.Checksum {
		t.Errorf("checksums %x and %x of the same records", first.Checksum, second.Checksum)
	}
	recs[0].value = "valve"
	c.Attempt = 2
	if third := writeOutput(t, c, recs); third.Checksum == first.Checksum {
		t.Error("a changed record has the same checksum")
	}
}
