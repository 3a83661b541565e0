package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table Table[int]
		oracle := map[string]int{}
		var order []string
		keys := rapid.SliceOf(rapid.OneOf(rapid.StringN(0, 3, -1), rapid.String())).Draw(t, "keys")
		for i, key := range keys {
			v, found := table.At([]byte(key))
			if _, want := oracle[key]; found != want {
				t.Fatalf("key %q found: %v, want %v", key, found, want)
			}
			if !found {
				order = append(order, key)
			}
			*v += i
			oracle[key] += i
		}
		if table.Len() != len(order) {
			t.Fatalf("%d keys, want %d", table.Len(), len(order))
		}
		for i, key := range order {
			if string(table.Key(i)) != key || *table.Value(i) != oracle[key] {
				t.Fatalf("entry %d is %q %d, want %q %d", i, table.Key(i), *table.Value(i), key, oracle[key])
			}
		}
	})
}

func TestTableGrowsOverManyKeysAndLongOnes(t *testing.T) {
	var table Table[int]
	long := strings.Repeat("x", 3*arenaChunk)
	const n = 100_000
	for round := range 2 {
		for i := range n {
			v, found := table.At(fmt.Appendf(nil, "key %d", i))
			if found != (round == 1) || *v != round {
				t.Fatalf("round %d, key %d: found %v, value %d", round, i, found, *v)
			}
			*v++
		}
		table.At([]byte(long))
	}
	if got := string(table.Key(n)); got != long {
		t.Errorf("the long key came back with %d bytes", len(got))
	}
	kept := table.Key(7)
	table.Reset()
	if table.Len() != 0 || string(kept) != "key 7" {
		t.Errorf("after Reset: %d keys, and a kept key is %q", table.Len(), kept)
	}
	if v, found := table.At([]byte("key 7")); found || *v != 0 {
		t.Errorf("after Reset, a key is found with %d", *v)
	}
}

func BenchmarkTable(b *testing.B) {
	keys := make([][]byte, 1<<16)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "word%d", i)
	}
	var table Table[int64]
	b.ReportAllocs()
	for i := range b.N {
		v, _ := table.At(keys[i*7919&(len(keys)-1)])
		*v++
	}
}
