package fs

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/conf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put creates a file through the interface.
func put(t testing.TB, f FS, path, content string) {
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

func get(t testing.TB, f FS, path string, offset int64) string {
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

// contract is what every FS must do in an empty directory of its own.
func contract(t *testing.T, f FS, dir string) {
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
	if _, err := f.Create(ctx, at("a")); !errors.Is(err, ErrExist) {
		t.Errorf("create what exists: %v", err)
	}
	if _, err := f.Create(ctx, at("no/a")); !errors.Is(err, ErrNotExist) {
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
		if err := missing(); !errors.Is(err, ErrNotExist) {
			t.Errorf("what is not there: %v", err)
		}
	}
	if err := f.RemoveAll(ctx, at("none")); err != nil {
		t.Errorf("remove all of nothing: %v", err)
	}

	if err := f.Mkdir(ctx, at("d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Mkdir(ctx, at("d"), 0o755); !errors.Is(err, ErrExist) {
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

	if err := f.Rename(ctx, at("a"), at("d/y.txt")); !errors.Is(err, ErrExist) {
		t.Errorf("rename over a file: %v", err)
	}
	if err := f.Rename(ctx, at("d/e"), at("moved")); err != nil {
		t.Errorf("rename a directory: %v", err)
	}
	if err := f.MkdirAll(ctx, at("d/e"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Rename(ctx, at("moved"), at("d/e")); !errors.Is(err, ErrExist) {
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
	if _, err := f.Stat(ctx, at("given up")); !errors.Is(err, ErrNotExist) {
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

func listing(t testing.TB, f FS, dir string) []string {
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

func TestLocal(t *testing.T) { contract(t, Local{}, t.TempDir()) }

// File systems without renameat2 get the same promise by links.
func TestRenameByLink(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put(t, Local{}, at("a"), "a")
	put(t, Local{}, at("b"), "b")
	if err := renameByLink(at("a"), at("b")); !errors.Is(err, ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if err := renameByLink(at("a"), at("c")); err != nil || get(t, Local{}, at("c"), 0) != "a" {
		t.Errorf("rename: %v", err)
	}
	if err := renameByLink(at("none"), at("d")); !errors.Is(err, ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
	for _, d := range []string{"x", "y"} {
		if err := os.Mkdir(at(d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := renameByLink(at("x"), at("y")); !errors.Is(err, ErrExist) {
		t.Errorf("over a directory: %v", err)
	}
	if err := renameByLink(at("x"), at("z")); err != nil {
		t.Errorf("directory: %v", err)
	}
}

// ** does not follow links to directories, which may lead round in a circle; * does.
func TestGlobLinks(t *testing.T) {
	dir := t.TempDir()
	put(t, Local{}, dir+"/f", "")
	if err := os.Symlink(dir, dir+"/round"); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]int{"/**/f": 1, "/*/f": 1, "/*/*/f": 1} {
		infos, err := Local{}.Glob(t.Context(), dir+pattern)
		if err != nil || len(infos) != want {
			t.Errorf("%s: %v, %v; want %d", pattern, infos, err, want)
		}
	}
}

func TestResolve(t *testing.T) {
	h := conf.NewHadoop()
	h.Set("fs.defaultFS", "hdfs://prod", "test")
	h.Set("dfs.ha.namenodes.prod", "nn1,nn2", "test")
	h.Set("dfs.namenode.rpc-address.prod.nn1", "h1:9000", "test")
	h.Set("dfs.namenode.rpc-address.prod.nn2", "h2:9000", "test")
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		url     string
		onHDFS  bool
		want    string // as FS.URL prints it
		problem string
	}{
		{url: "/a/../b", want: "/b"},
		{url: "rel/x", want: wd + "/rel/x"},
		{url: "file:/a", want: "/a"},
		{url: "file:///a/", want: "/a"},
		{url: "FILE://localhost/a", want: "/a"},
		{url: "file://host/a", problem: "a file URL has no host"},
		{url: "hdfs://n:1/a//b/", want: "hdfs://n:1/a/b"},
		{url: "hdfs://prod/a", want: "hdfs://prod/a"},
		{url: "hdfs:///a", want: "hdfs://prod/a"},
		{url: "hdfs://prod", want: "hdfs://prod/"},
		{url: "hdfs://n/a%20b?c#d*", want: "hdfs://n/a%20b?c#d*"},
		{url: "/a", onHDFS: true, want: "hdfs://prod/a"},
		{url: "a/b", onHDFS: true, want: "hdfs://prod/user/ann/a/b"},
		{url: "file:/a", onHDFS: true, want: "/a"},
		{url: "s3a://b/k", problem: "no s3a:"},
		{url: "", problem: "empty path"},
		{url: "a\x00b", problem: "zero byte"},
		{url: "a:b", want: wd + "/a:b"},
	} {
		var options []Option
		if c.onHDFS {
			options = append(options, PlainPathsOnDefaultFS())
		}
		r := Resolve(h, "ann", options...)
		f, p, err := r.FS(c.url)
		switch {
		case c.problem != "":
			if err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%q: error %v, want %q", c.url, err, c.problem)
			}
		case err != nil:
			t.Errorf("%q: %v", c.url, err)
		case f.URL(p) != c.want:
			t.Errorf("%q: %s, want %s", c.url, f.URL(p), c.want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestResolverKeepsOneClientPerCluster(t *testing.T) {
	r := Resolve(nil, "ann")
	a, _, _ := r.FS("hdfs://n:1/a")
	b, _, _ := r.FS("hdfs://n:1/b")
	if a != b {
		t.Error("two file systems for one NameNode")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := r.FS("hdfs://n:1/a"); err == nil {
		t.Error("a closed resolver resolves")
	}
}

func TestKerberosIsRefused(t *testing.T) {
	h := conf.NewHadoop()
	h.Set("hadoop.security.authentication", "kerberos", "core-site.xml:7")
	_, _, err := Resolve(h, "ann").FS("hdfs://n/a")
	if err == nil || !strings.Contains(err.Error(), "core-site.xml:7") {
		t.Errorf("error %v, want one that names file and line", err)
	}
}

func FuzzURL(f *testing.F) {
	for _, s := range []string{"hdfs://n:1/a", "file:/x", "a:b", "hdfs:", "://", "x:///", "hdfs://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := Resolve(nil, "ann")
		defer r.Close()
		fsys, p, err := r.FS(s)
		if err != nil {
			return
		}
		if !strings.HasPrefix(p, "/") {
			t.Errorf("%q: path %q is not absolute", s, p)
		}
		again, q, err := r.FS(fsys.URL(p))
		if strings.HasPrefix(fsys.URL(p), "hdfs://") && (err != nil || q != p || again != fsys) {
			t.Errorf("%q is %s, and that is %q, %v", s, fsys.URL(p), q, err)
		}
	})
}

// Whatever the pattern, matching a small tree ends.
func FuzzGlob(f *testing.F) {
	for _, s := range []string{"**", "*/*", "{a,b}{a,b}", "[a-z]*", "{{a,b},c}", "**/**/**", "[", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		dir := t.TempDir()
		if err := os.MkdirAll(dir+"/a/b/c", 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(pattern, "..") || strings.ContainsRune(pattern, 0) {
			return
		}
		infos, err := Local{}.Glob(t.Context(), filepath.Join(dir, pattern))
		if err == nil && len(infos) > 5 {
			t.Errorf("%d matches in a tree of four", len(infos))
		}
	})
}
