package fairxml

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse: whatever the text, Parse ends with pools that are valid, each name once, or with
// an Error, never with both.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		pools, warnings, err := Parse(strings.NewReader(text))
		if err != nil {
			var typed *Error
			if pools != nil || warnings != nil || !errors.As(err, &typed) {
				t.Fatalf("%d pools, %d warnings, error %v", len(pools), len(warnings), err)
			}
			return
		}
		names := make(map[string]bool)
		for _, p := range pools {
			if err := p.Validate(); err != nil || names[p.Name] {
				t.Fatalf("%s: %v, seen %v", p, err, names[p.Name])
			}
			names[p.Name] = true
		}
		lines := 1 + strings.Count(text, "\n")
		for _, w := range warnings {
			if w.Line < 1 || w.Line > lines || w.Element == "" || len(w.String()) > 500 {
				t.Fatalf("of %d lines: %s", lines, w)
			}
		}
	})
}
