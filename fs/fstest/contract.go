// Package fstest holds the test that every file system of weft must pass. It is for tests: those of
// package fs run it on local files, those of the integration folder on a real HDFS.
package fstest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/fs"
)

// put creates a file through the interface.
func put(t testing.TB, f fs.FS, path, content string) {
	t.Helper()
	w, err := f.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, f fs.FS, path string, offset int64) string {
	t.Helper()
	r, err := f.OpenAt(t.Context(), path, offset)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Contract checks what every FS must do, in an empty directory of its own. It leaves the directory
// "moved" behind.
func Contract(t *testing.T, f fs.FS, dir string) {
	t.Helper()
	ctx := t.Context()
	at := func(name string) string { return dir + "/" + name }

	put(t, f, at("a"), "hello")
	if got := get(t, f, at("a"), 0); got != "hello" {
		t.Errorf("content %q", got)
	}
	if got := get(t, f, at("a"), 3); got != "lo" {
		t.Errorf("content from 3 on %q", got)
	}
	if got := get(t, f, at("a"), 5); got != "" {
		t.Errorf("content behind the end %q", got)
	}
	if _, err := f.Create(ctx, at("a")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create what exists: %v", err)
	}
	if _, err := f.Create(ctx, at("no/a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("create without parent: %v", err)
	}
	file, err := f.Open(ctx, at("a"))
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 3)
	if n, err := file.ReadAt(buf, 1); n != 3 || string(buf) != "ell" || file.Size() != 5 {
		t.Errorf("ReadAt: %q, %v", buf[:n], err)
	}
	if n, err := file.ReadAt(buf, 4); n != 1 || err != io.EOF {
		t.Errorf("ReadAt across the end: %d, %v", n, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Open(ctx, dir); err == nil {
		t.Error("opened a directory")
	}
	for _, missing := range []func() error{
		func() error { _, err := f.Open(ctx, at("none")); return err },
		func() error { _, err := f.OpenAt(ctx, at("none"), 0); return err },
		func() error { _, err := f.Stat(ctx, at("none")); return err },
		func() error { _, err := f.ReadDir(ctx, at("none")); return err },
		func() error { _, err := f.Blocks(ctx, at("none")); return err },
		func() error { return f.Remove(ctx, at("none")) },
		func() error { return f.Rename(ctx, at("none"), at("b")) },
		func() error { return f.Mkdir(ctx, at("none/x"), 0o755) },
	} {
		if err := missing(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what is not there: %v", err)
		}
	}
	if err := f.RemoveAll(ctx, at("none")); err != nil {
		t.Errorf("remove all of nothing: %v", err)
	}

	if err := f.Mkdir(ctx, at("d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Mkdir(ctx, at("d"), 0o755); !errors.Is(err, fs.ErrExist) {
		t.Errorf("make a directory twice: %v", err)
	}
	if err := f.MkdirAll(ctx, at("d/e/f"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, f, at("d/e/x.txt"), "x")
	put(t, f, at("d/y.txt"), "yy")
	if err := f.Remove(ctx, at("d")); err == nil {
		t.Error("removed a directory with members")
	}

	if err := f.Rename(ctx, at("a"), at("d/y.txt")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("rename over a file: %v", err)
	}
	if err := f.Rename(ctx, at("d/e"), at("moved")); err != nil {
		t.Errorf("rename a directory: %v", err)
	}
	if err := f.MkdirAll(ctx, at("d/e"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Rename(ctx, at("moved"), at("d/e")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("rename over a directory: %v", err)
	}
	if err := f.Rename(ctx, at("a"), at("b")); err != nil {
		t.Errorf("rename: %v", err)
	}
	if got := get(t, f, at("b"), 0) + get(t, f, at("d/y.txt"), 0); got != "helloyy" {
		t.Errorf("contents %q", got)
	}

	if diff := cmp.Diff([]string{"b", "d/", "moved/"}, listing(t, f, dir)); diff != "" {
		t.Errorf("listing:\n%s", diff)
	}
	for pattern, want := range map[string]string{
		"*": "b d moved", "**/*.txt": "d/y.txt moved/x.txt", "{b,moved}": "b moved", "b": "b",
		"[a-c]": "b", "z*": "", "z": "", "no/*": "",
	} {
		infos, err := f.Glob(ctx, at(pattern))
		if err != nil {
			t.Errorf("glob %s: %v", pattern, err)
		}
		var names []string
		for _, i := range infos {
			names = append(names, strings.TrimPrefix(i.Path, dir+"/"))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("glob %s: %q, want %q", pattern, got, want)
		}
	}

	info, err := f.Stat(ctx, at("b"))
	if err != nil || info.Size != 5 || info.Dir || info.Path != at("b") || info.Owner == "" {
		t.Errorf("stat: %+v, %v", info, err)
	}
	if err := f.Chmod(ctx, at("b"), 0o600); err != nil {
		t.Error(err)
	}
	if info, err = f.Stat(ctx, at("b")); err != nil || info.Mode != 0o600 {
		t.Errorf("after chmod: %v, %v", info.Mode, err)
	}
	blocks, err := f.Blocks(ctx, at("b"))
	if err != nil || len(blocks) != 1 || blocks[0].Length != 5 {
		t.Errorf("blocks %v, %v", blocks, err)
	}

	w, err := f.Create(ctx, at("given up"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if _, err := f.Stat(ctx, at("given up")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after abort: %v", err)
	}
	if err := f.RemoveAll(ctx, at("d")); err != nil {
		t.Error(err)
	}
	if err := f.Remove(ctx, at("b")); err != nil {
		t.Error(err)
	}

	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := f.Stat(ended, at("moved")); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func listing(t testing.TB, f fs.FS, dir string) []string {
	infos, err := f.ReadDir(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range infos {
		name := i.Name()
		if i.Dir {
			name += "/"
		}
		out = append(out, name)
	}
	return out
}
