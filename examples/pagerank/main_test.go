package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft"
)

// TestRanksAreThoseOfTheFormula computes three rounds by hand over a small graph.
func TestRanksAreThoseOfTheFormula(t *testing.T) {
	graph := map[string][]string{"a": {"b", "c"}, "b": {"c"}, "c": {"a"}, "d": {"c"}}
	want := map[string]float64{"a": 1, "b": 1, "c": 1, "d": 1}
	for range 3 {
		given := map[string]float64{}
		for from, tos := range graph {
			for _, to := range tos {
				if rank, ok := want[from]; ok {
					given[to] += rank / float64(len(tos))
				}
			}
		}
		want = map[string]float64{}
		for page, g := range given {
			want[page] = 0.15 + 0.85*g
		}
	}
	ranks := rank3(t, "a b\na c\nb c\nc a\nd c\nb c\n")
	if len(ranks) != len(want) {
		t.Errorf("got %v, want %v", ranks, want)
	}
	for page, rank := range want {
		if math.Abs(ranks[page]-rank) > 1e-12 {
			t.Errorf("%s has %v, want %v", page, ranks[page], rank)
		}
	}
}

// rank3 runs the program for three rounds and reads its output.
func rank3(t *testing.T, links string) map[string]float64 {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "links"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte(links), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := weft.Local(t.Context(), 2, run, in, "3", out); err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob(out + "/part-*")
	if err != nil {
		t.Fatal(err)
	}
	ranks := map[string]float64{}
	last := math.Inf(1)
	for _, part := range parts {
		b, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			var rank float64
			var page string
			if _, err := fmt.Sscan(line, &rank, &page); err != nil {
				t.Fatal(err)
			}
			if rank > last {
				t.Errorf("%s comes after a lower rank", page)
			}
			ranks[page], last = rank, rank
		}
	}
	return ranks
}

func TestLineThatIsNoLinkFailsWithItsText(t *testing.T) {
	in := filepath.Join(t.TempDir(), "links")
	if err := os.WriteFile(in, []byte("a b\nlonely\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := weft.Local(t.Context(), 1, run, in, "1", filepath.Join(t.TempDir(), "out"))
	if err == nil || !strings.Contains(err.Error(), `"lonely" is no link`) {
		t.Errorf("got %v", err)
	}
}
