package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weft-data/weft"
)

func TestPartsInOrderAreTheSortedLines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := make([]string, 20_000)
	for i := range lines {
		lines[i] = fmt.Sprintf("%x", random.Uint64()>>random.IntN(64))
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := weft.Local(t.Context(), 2, run, in, out, "4"); err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob(out + "/part-*")
	if err != nil || len(parts) != 4 {
		t.Fatalf("parts %v, %v", parts, err)
	}
	var got []string
	for _, part := range parts {
		b, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 20_000 {
			t.Errorf("%s has %d bytes: the parts are not of about equal size", part, len(b))
		}
		got = append(got, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")...)
	}
	slices.Sort(lines)
	if !slices.Equal(got, lines) {
		t.Errorf("%d lines are not the %d sorted ones", len(got), len(lines))
	}
}
