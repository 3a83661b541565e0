package newjob_test

import (
	"errors"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft/internal/newjob"
)

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "myjob")
	names, err := newjob.Write(dir, newjob.Job{Module: "example.com/x/myjob", Weft: "v1.2.3", Go: "1.26"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".go") {
			if formatted, err := format.Source(text); err != nil || string(formatted) != string(text) {
				t.Errorf("%s is not gofmt's: %v", name, err)
			}
		}
		if name == "go.mod" && !strings.Contains(string(text), "weft v1.2.3\n") {
			t.Errorf("go.mod asks for another weft:\n%s", text)
		}
	}
}

func TestWriteTouchesNothingThatIsThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := newjob.Write(dir, newjob.Job{Module: "myjob", Weft: "v1.2.3", Go: "1.26"})
	if !errors.Is(err, newjob.ErrExists) {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "main.go")); err != nil || string(text) != "mine" {
		t.Errorf("the file became %q, %v", text, err)
	}
}

func TestWriteRefusesNames(t *testing.T) {
	for _, name := range []string{"", "..", "a b", "/a", "a/", "a//b", "-x", "a\nrequire evil v1", "ä"} {
		_, err := newjob.Write(filepath.Join(t.TempDir(), "d"), newjob.Job{Module: name})
		if !errors.Is(err, newjob.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
