package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weft-data/weft"
)

func TestCountsEveryWordOnce(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for word := range strings.FieldsSeq(string(text)) {
		want[word]++
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := weft.Local(t.Context(), 2, run, "main.go", out, "3"); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for part := range 3 {
		b, err := os.ReadFile(filepath.Join(out, fmt.Sprintf("part-%05d", part)))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")...)
	}
	if len(lines) != len(want) {
		t.Errorf("%d lines for %d words", len(lines), len(want))
	}
	for word, n := range want {
		if line := fmt.Sprintf("%s\t%d", word, n); !slices.Contains(lines, line) {
			t.Errorf("no line %q", line)
		}
	}
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"in"}, {"in", "out", "0"}, {"in", "out", "x"}, {"in", "out", "1", "more"}} {
		err := weft.Local(t.Context(), 1, run, args...)
		if err == nil || !strings.HasPrefix(err.Error(), "usage: wordcount IN OUT") {
			t.Errorf("%q: got %v", args, err)
		}
	}
}
