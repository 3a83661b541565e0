package inprocess_test

import (
	"os"
	"path/filepath"
	"testing"
)

func below(parent, dir string) bool { return filepath.Dir(dir) == parent }

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
