package auxsite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// TestWriteKeepsTheOldFile: through a link, with the old file's mode, the old text in a copy.
func TestWriteKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "yarn-site.xml"), filepath.Join(dir, "link.xml")
	put(t, file, "old", 0o640)
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	backup, err := Write(link, []byte("new"), noon)
	if err != nil || !strings.HasSuffix(backup, "yarn-site.xml.before-weft-20261121T120000") {
		t.Fatalf("%q, %v", backup, err)
	}
	for path, want := range map[string]string{file: "new", link: "new", backup: "old"} {
		text, err := os.ReadFile(path)
		if err != nil || string(text) != want {
			t.Errorf("%s: %q, %v; want %q", path, text, err, want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is no link: %v", err)
	}
}

// TestWriteOverwritesNoCopy: a second change in the same second leaves all as it is.
func TestWriteOverwritesNoCopy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "yarn-site.xml")
	put(t, file, "first", 0o644)
	if _, err := Write(file, []byte("second"), noon); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(file, []byte("third"), noon); !errors.Is(err, os.ErrExist) {
		t.Fatalf("error %v", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "second" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestReadIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "yarn-site.xml")
	put(t, file, strings.Repeat(" ", maxSize+1), 0o644)
	if _, err := Read(file); !errors.Is(err, ErrSite) {
		t.Errorf("error %v", err)
	}
}
