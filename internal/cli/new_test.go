package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/internal/newjob"
)

func TestCompleteNeedsAVersionThatCanBeFetched(t *testing.T) {
	for version, ok := range map[string]bool{
		"v1.2.3": true, "v0.1.0-rc.1": true, "": false, "unknown": false, "8e7c3f0": false,
		"v1.2.3-4-g8e7c3f0": false, "v1.2.3-dirty\nreplace": false,
	} {
		j, err := complete(newjob.Job{Weft: version}, "/home/alice/myjob")
		if (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
		if err == nil && (j.Module != "myjob" || j.Weft != version) {
			t.Errorf("%q: %+v", version, j)
		}
	}
}

func TestACheckoutIsFoundAroundItsBin(t *testing.T) {
	for mod, found := range map[string]bool{
		"module github.com/weft-data/weft\n\ngo 1.26\n": true,
		"module github.com/weft-data/weft/packaging\n":  false,
		"module example.com/other\n":                    false,
	} {
		root, want := t.TempDir(), ""
		if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(mod), 0o600); err != nil {
			t.Fatal(err)
		}
		if found {
			want = root
		}
		if got := checkout(filepath.Join(root, "bin", "weft")); got != want {
			t.Errorf("%q: %q", mod, got)
		}
	}
	if got := checkout("/usr/bin/weft"); got != "" {
		t.Errorf("an installed weft is of the checkout %q", got)
	}
}
