package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFailedReleaseLeavesTheOneBefore: what a full disk or ^C ends is taken back.
func TestFailedReleaseLeavesTheOneBefore(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	fill := func(content string, err error) error {
		return anew(out, func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, sumsName), []byte(content), 0o600), err)
		})
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(out, sumsName))
		if err != nil || string(got) != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
		if entries, err := os.ReadDir(filepath.Dir(out)); err != nil || len(entries) != 1 {
			t.Errorf("%v left, %v", entries, err)
		}
	}
	if err := fill("first", nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	if err := fill("half", full); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	holds("first")
	if err := fill("second", nil); err != nil {
		t.Fatal(err)
	}
	holds("second")
}

func TestReleaseReplacesNothingElse(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := anew(home, func(string) error { t.Error("it was begun"); return nil })
	if !errors.Is(err, errForeign) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(home, "mine")); err != nil {
		t.Error(err)
	}
}
