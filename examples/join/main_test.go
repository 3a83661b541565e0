package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft"
)

func TestCustomersWithTheirOrders(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	people := write("customers", "1,Grace\n2,Ada\n3,Linus\nno comma\n")
	orders := write("orders", "1,500\n2,250\n1,25\n9,100\n2,many\n")
	out := filepath.Join(dir, "out")
	if err := weft.Local(t.Context(), 2, run, people, orders, out); err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob(out + "/part-*")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, part := range parts {
		b, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(b)
	}
	want := "Ada\t1\t250\nGrace\t2\t525\nLinus\t0\t0\n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}
