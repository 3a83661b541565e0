package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// site is a world whose default file system is a directory of this machine.
func site(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.hadoop("fs.defaultFS", "file:///")
	return w
}

func TestFilesThereAndBack(t *testing.T) {
	w := site(t)
	local, remote := w.file("in/a.txt", "alpha\n", 0o644), filepath.Join(w.dir, "remote")
	w.file("in/sub/b.txt", "beta\n", 0o644)
	w.ok("fs", "mkdir", "-p", remote+"/x/y")
	w.ok("fs", "put", local, remote+"/one.txt")
	w.ok("fs", "put", w.dir+"/in", remote+"/x")
	w.stdin = "from a pipe\n"
	w.ok("fs", "put", "-", remote+"/piped")
	if got := w.ok("fs", "cat", remote+"/one.txt", remote+"/x/in/sub/*", remote+"/piped"); got !=
		"alpha\nbeta\nfrom a pipe\n" {
		t.Errorf("cat printed %q", got)
	}
	w.ok("fs", "get", remote+"/x/in", w.dir+"/back")
	back, err := os.ReadFile(w.dir + "/back/sub/b.txt")
	if err != nil || string(back) != "beta\n" {
		t.Errorf("got %q back, %v", back, err)
	}
	w.ok("fs", "rm", remote+"/one.txt", remote+"/pip*")
	w.ok("fs", "rm", "-r", remote+"/x")
	w.ok("fs", "rm", "-f", remote+"/x", remote+"/y")
	if got := w.ok("fs", "ls", remote); got != "" {
		t.Errorf("left: %q", got)
	}
}

func TestLs(t *testing.T) {
	w := site(t)
	w.file("d/b.txt", strings.Repeat("x", 2048), 0o640)
	w.file("d/sub/c.txt", "", 0o600)
	if err := os.Chmod(w.dir+"/d/sub", 0o755); err != nil {
		t.Fatal(err)
	}
	var rows []fileRow
	out := w.ok("fs", "ls", "-R", "-o", "json", w.dir+"/d")
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range rows {
		got += strings.TrimPrefix(r.Path, w.dir) + " " + r.Mode + "\n"
	}
	if got != "/d/b.txt -rw-r-----\n/d/sub drwxr-xr-x\n/d/sub/c.txt -rw-------\n" {
		t.Errorf("got %s", got)
	}
	line := regexp.MustCompile(
		`^-rw-r-----  -  \S+  \S+  2\.0 KiB  \d{4}-\d\d-\d\d \d\d:\d\d  /.*/d/b\.txt\n$`)
	if out := w.ok("fs", "ls", "-H", w.dir+"/d/b.txt"); !line.MatchString(out) {
		t.Errorf("got %q", out)
	}
}

func TestPutReplacesOnlyWhenTold(t *testing.T) {
	w := site(t)
	first, second := w.file("1", "first", 0o644), w.file("2", "second", 0o644)
	target := w.dir + "/target"
	w.ok("fs", "put", first, target)
	w.fails(exitFailed, "DIR/target: file already exists; give -f to replace it",
		"fs", "put", second, target)
	if got := w.ok("fs", "cat", target); got != "first" {
		t.Errorf("target holds %q", got)
	}
	w.ok("fs", "put", "-f", second, target)
	if got := w.ok("fs", "cat", target); got != "second" {
		t.Errorf("target holds %q", got)
	}
	entries, err := os.ReadDir(w.dir)
	if err != nil || len(entries) != 4 { // conf, 1, 2, target
		t.Errorf("%v left, %v", entries, err)
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	w := site(t)
	w.file("d/f", "", 0o644)
	for _, c := range []struct {
		code       int
		args, want string
	}{
		{exitFailed, "ls DIR/none", "stat DIR/none: no such file or directory"},
		{exitFailed, "ls DIR/*.none", "DIR/*.none: file does not exist"},
		{exitFailed, "cat DIR/d", "DIR/d is a directory; name the files in it, as in DIR/d/*"},
		{exitUsage, "rm DIR/d", "DIR/d is a directory; give -r to remove it with all below it"},
		{exitUsage, "rm -r /", "will not remove /"},
		{exitFailed, "mkdir DIR/d", "mkdir DIR/d: file exists"},
		{exitUsage, "mkdir DIR/a/b", "DIR/a/b: its parent does not exist; give -p to make it too"},
		{exitUsage, "put DIR/d/f DIR/conf DIR/new", "DIR/new is not a directory; several sources need " +
			"one: weft fs mkdir"},
		{exitUsage, "put DIR/d/f DIR/no/f", "DIR/no/f: its directory does not exist; weft fs mkdir -p " +
			"DIR/no makes it"},
		{exitUsage, "ls s3://bucket/x", "s3://bucket/x: weft reads file: and hdfs: and no s3:"},
	} {
		args := strings.Fields(strings.ReplaceAll("fs "+c.args, "DIR", w.dir))
		w.fails(c.code, c.want, args...)
	}
}

func TestWithoutAClusterPathsAreLocal(t *testing.T) {
	w := newWorld(t)
	w.file("d/f", "here", 0o644)
	if got := w.ok("fs", "cat", w.dir+"/d/f"); got != "here" {
		t.Errorf("got %q", got)
	}
	w.fails(exitUsage, "hdfs URL names no NameNode: write hdfs://host:port/path, or set fs.defaultFS",
		"fs", "ls", "hdfs:///x")
}
