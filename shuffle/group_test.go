package shuffle

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// hold writes a map task's rows and leaves them in memory.
func hold(t testing.TB, c WriterConfig, m MapID, recs []rec) Output {
	t.Helper()
	c.Map, c.Hold = m, 1<<30
	return writeOutput(t, c, recs)
}

// group writes a group of the map tasks 0, 1, … and returns where it lies, all of it wanted.
func group(t testing.TB, c WriterConfig, maps [][]rec) Location {
	t.Helper()
	g := NewGroup(c)
	loc := Location{Executor: "e1", Host: "h", Attempt: c.Attempt}
	for m, recs := range maps {
		out := hold(t, c, MapID(m), recs)
		if err := g.Add(&out); err != nil {
			t.Fatal(err)
		}
		loc.Maps = append(loc.Maps, MapID(m))
	}
	id, err := g.Seal()
	if err != nil || id.Map != 0 {
		t.Fatalf("sealed as %v: %v", id, err)
	}
	return loc
}

// What goes into a group comes out of it, once, of the members that are wanted and of no other.
func TestGroupRoundTrip(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	addr, _ := serve(t, ServerConfig{Source: store})
	client := newClient(t, ClientConfig{})
	rapid.Check(t, func(rt *rapid.T) {
		sorted := rapid.Bool().Draw(rt, "sorted")
		j := drawJob(rt, sorted)
		memory := NewBudget(1 << 30)
		loc := group(t, WriterConfig{Store: store, Shuffle: 3, Attempt: 9, Partitions: j.partitions,
			Sorted: sorted, Codec: j.codec, Memory: memory}, j.maps)
		if memory.Used() != 0 {
			rt.Fatalf("%d bytes of memory are not given back", memory.Used())
		}
		loc.Addr = addr
		var left [][]rec
		loc.Maps = nil
		for m, recs := range j.maps {
			if rapid.Bool().Draw(rt, "wanted") {
				left, loc.Maps = append(left, recs), append(loc.Maps, MapID(m))
			}
		}
		if loc.Maps == nil {
			return
		}
		j.maps = left
		c := ReaderConfig{Shuffle: 3, Partitions: j.partitions, Host: "h", Client: client,
			Last: j.partitions, Locations: []Location{loc}, Store: store}
		if rapid.Bool().Draw(rt, "remote") {
			c.Host = "elsewhere"
		}
		got, err := read(c)
		if err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(j.want(0, j.partitions), sortedRecs(got),
			cmp.AllowUnexported(rec{})); d != "" {
			rt.Fatal(d)
		}
		if sorted {
			mergeGroup(rt, j, c)
		}
	})
}

// mergeGroup reads the first partition in order.
func mergeGroup(t *rapid.T, j job, c ReaderConfig) {
	c.Last = 1
	c.Memory = NewBudget(rapid.SampledFrom([]int64{0, 300 << 10, 64 << 20}).Draw(t, "merge memory"))
	got, err := merge(c)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(got, func(a, b rec) int { return strings.Compare(a.key, b.key) }) {
		t.Fatal("not in order")
	}
	if d := cmp.Diff(j.want(0, 1), sortedRecs(got), cmp.AllowUnexported(rec{})); d != "" {
		t.Fatal(d)
	}
}

// An output that outgrows what may be held gets a file of its own, with all of its rows.
func TestOutputLeavesItsGroup(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := sortedRecs(flipRecords())
	for range 12 {
		want = append(want, want...)
	}
	for _, c := range []WriterConfig{
		{Hold: 200 << 10},
		{Hold: 1 << 30, HoldMemory: NewBudget(100 << 10)},
	} {
		c.Store, c.Partitions = store, 4
		out := writeOutput(t, c, want)
		if out.Held() || len(out.Partitions) != 4 {
			t.Fatalf("held: %v", out.Held())
		}
		got, err := read(ReaderConfig{Store: store, Last: 4, Locations: []Location{{}}})
		if err != nil || !slices.Equal(sortedRecs(got), sortedRecs(want)) {
			t.Errorf("%d records of %d, %v", len(got), len(want), err)
		}
		if b, ok := c.HoldMemory.(*Budget); ok && b.Used() != 0 {
			t.Errorf("%d bytes of memory are not given back", b.Used())
		}
	}
}

// Only outputs of one shuffle and attempt make a group, and one that is refused can be dropped.
func TestGroupRefusesStrangers(t *testing.T) {
	t.Parallel()
	memory := NewBudget(1 << 20)
	c := WriterConfig{Store: newStore(t), Partitions: 4, Memory: memory}
	g := NewGroup(c)
	c.Attempt = 1
	held := hold(t, c, 0, flipRecords())
	if err := g.Add(&held); err == nil {
		t.Error("another attempt joined")
	}
	held.Discard()
	c.Attempt = 0
	own := writeOutput(t, c, flipRecords())
	if err := g.Add(&own); err == nil {
		t.Error("an output with a file of its own joined")
	}
	if _, err := g.Seal(); err == nil || memory.Used() != 0 {
		t.Errorf("an empty group was sealed; %d bytes in use", memory.Used())
	}
}

// A failure names all members that were wanted, and no other.
func TestGroupFailureNamesItsMembers(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	loc := group(t, WriterConfig{Store: store, Partitions: 4},
		[][]rec{flipRecords(), flipRecords(), flipRecords()})
	loc.Maps = []MapID{0, 2}
	if err := os.Truncate(find(t, store, dataName(OutputID{})), 10); err != nil {
		t.Fatal(err)
	}
	_, err := read(ReaderConfig{Store: store, Last: 4, Locations: []Location{loc}, Host: "h"})
	var failed *FetchFailedError
	if !errors.As(err, &failed) || !slices.Equal(failed.Maps, loc.Maps) {
		t.Errorf("%v", err)
	}
}

// A file that is not the one the driver meant is found out, never read as something else.
func TestGroupAndItsLocationDisagree(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	c := WriterConfig{Store: store, Partitions: 4}
	loc := group(t, c, [][]rec{flipRecords(), flipRecords()})
	c.Map = 5
	writeOutput(t, c, flipRecords())
	for name, l := range map[string]Location{
		"a map that is no member": {Map: 0, Maps: []MapID{0, 7}, Host: "h"},
		"a group read as one map": {Map: 0, Host: "h"},
		"one map read as a group": {Map: 5, Maps: []MapID{5, 6}, Host: "h"},
	} {
		got, err := read(ReaderConfig{Store: store, Last: 4, Locations: []Location{l}, Host: "h"})
		if len(got) > 0 || !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %d records, %v", name, len(got), err)
		}
	}
	if _, err := read(ReaderConfig{Store: store, Last: 4, Locations: []Location{loc},
		Host: "h"}); err != nil {
		t.Error(err)
	}
}

// The file of a group stays readable, and is what is written today.
func TestGoldenGroup(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	c := WriterConfig{Store: store, Shuffle: 1, Attempt: 3, Partitions: 4}
	loc := group(t, c, [][]rec{flipRecords()[:20], flipRecords()[20:], nil})
	for ext, name := range map[string]string{
		"data": dataName(OutputID{1, 0, 3}), "index": indexName(OutputID{1, 0, 3}),
	} {
		golden(t, filepath.Join("testdata", "group."+ext), find(t, store, name), true)
	}
	got, err := read(ReaderConfig{Store: store, Shuffle: 1, Last: 4, Host: "h",
		Locations: []Location{loc}})
	if d := cmp.Diff(sortedRecs(flipRecords()), sortedRecs(got),
		cmp.AllowUnexported(rec{})); d != "" || err != nil {
		t.Error(err, d)
	}
}

// golden compares what was written with a golden file, and puts that in its place.
func golden(t *testing.T, golden, path string, same bool) {
	t.Helper()
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("WEFT_UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, written, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if same && !bytes.Equal(written, want) {
		t.Errorf("%s differs from what is written now", golden)
	}
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// FuzzRuns reads hostile directories of runs: what is accepted holds the records it announces.
func FuzzRuns(f *testing.F) {
	store, err := OpenStore(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	defer store.Close()
	group(f, WriterConfig{Store: store, Partitions: 4}, [][]rec{flipRecords(), flipRecords()})
	file, err := store.OpenOutput(f.Context(), OutputID{})
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	entries, err := file.entries(0, 4)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		b := make([]byte, e.Bytes-headerSize)
		if _, err := file.data.ReadAt(b, e.offset+headerSize); err != nil {
			f.Fatal(err)
		}
		f.Add(b, int(e.Records), uint32(0), uint32(1))
		f.Add(b, int(e.Records), uint32(1), uint32(9))
	}
	f.Fuzz(func(t *testing.T, payload []byte, records int, one, other uint32) {
		batch, _, ok := checkRuns(payload, records, []MapID{MapID(one), MapID(other)})
		if !ok {
			return
		}
		n, total := 0, 0
		batch.Each(func(_, _ []byte) { n++ })
		batch.each(func(m MapID, rows []byte) {
			if m != MapID(one) && m != MapID(other) {
				t.Fatalf("rows of map %d", m)
			}
			total += len(rows)
		})
		if n != batch.Records || total != batch.Bytes() || n > records {
			t.Fatalf("%d records in %d bytes, %d and %d announced", n, total, batch.Records,
				batch.Bytes())
		}
	})
}
