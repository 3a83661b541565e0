package weft_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/conf"
)

var rewrite = flag.Bool("rewrite", false, "write the table of docs/configuration.md anew")

// TestConfigurationPageIsTheRegistry keeps the table that ends docs/configuration.md equal to the
// keys of the program; go test . -run Configuration -rewrite writes it.
func TestConfigurationPageIsTheRegistry(t *testing.T) {
	const name = "docs/configuration.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	table := conf.Markdown()
	head, _, _ := strings.Cut(table, "\n")
	text, _, found := strings.Cut(string(page), head)
	if !found {
		t.Fatalf("%s has no table that begins with %s", name, head)
	}
	if *rewrite {
		page = []byte(text + table)
		if err := os.WriteFile(name, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(text+table, string(page)); diff != "" {
		t.Errorf("%s (-rewrite writes its table anew):\n%s", name, diff)
	}
}
