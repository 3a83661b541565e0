package fs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/conf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// File systems without renameat2 get the same promise by links.
func TestRenameByLink(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(at(name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := renameByLink(at("a"), at("b")); !errors.Is(err, ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if err := renameByLink(at("a"), at("c")); err != nil {
		t.Errorf("rename: %v", err)
	}
	if data, err := os.ReadFile(at("c")); err != nil || string(data) != "a" {
		t.Errorf("renamed: %q, %v", data, err)
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
	if err := os.WriteFile(dir+"/f", nil, 0o644); err != nil {
		t.Fatal(err)
	}
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
	for _, s := range []string{
		"**", "*/*", "{a,b}{a,b}", "[a-z]*", "{{a,b},c}", "**/**/**", "[", "\\",
	} {
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
