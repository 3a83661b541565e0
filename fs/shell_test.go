package fs

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// A session at the shell: make a directory, put files, look at them, get them back, remove them.
func TestShell(t *testing.T) {
	ctx := t.Context()
	r := Resolve(nil, "ann")
	defer r.Close()
	dir := t.TempDir()
	put(t, Local{}, dir+"/a.txt", "hello ")
	put(t, Local{}, dir+"/b.txt", "world")

	if err := MakeDir(ctx, r, []string{dir + "/x/y"}, true); err != nil {
		t.Fatal(err)
	}
	if err := Put(ctx, r, []string{dir + "/*.txt", dir + "/x/y"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Cat(ctx, r, []string{dir + "/x/y/*"}, &out); err != nil || out.String() != "hello world" {
		t.Errorf("cat: %q, %v", &out, err)
	}
	out.Reset()
	if err := List(ctx, r, []string{dir + "/x/y"}, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "-rw-r--r--") ||
		!strings.HasSuffix(lines[1], dir+"/x/y/b.txt") {
		t.Errorf("ls:\n%s", out.String())
	}
	if err := Get(ctx, r, []string{dir + "/x", dir + "/copy"}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(dir + "/copy/y/b.txt"); err != nil || string(data) != "world" {
		t.Errorf("get: %q, %v", data, err)
	}
	if err := Delete(ctx, r, []string{dir + "/x"}, true); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, Local{}, dir); strings.Join(got, " ") != "a.txt b.txt copy/" {
		t.Errorf("left: %v", got)
	}
}

func TestShellRefuses(t *testing.T) {
	ctx := t.Context()
	r := Resolve(nil, "ann")
	defer r.Close()
	dir := t.TempDir()
	put(t, Local{}, dir+"/a", "a")
	put(t, Local{}, dir+"/b", "b")
	var out bytes.Buffer
	for _, c := range []struct {
		name, want string
		err        error
	}{
		{"ls of nothing", "no such file", List(ctx, r, []string{dir + "/none"}, &out)},
		{"ls of an empty pattern", "not exist", List(ctx, r, []string{dir + "/n*"}, &out)},
		{"cat of a directory", "no regular file", Cat(ctx, r, []string{dir}, &out)},
		{"put over a file", "file exists", Put(ctx, r, []string{dir + "/a", dir + "/b"})},
		{"put of two into a file", "not a directory", Put(ctx, r, []string{dir + "/a", dir + "/b", dir + "/c"})},
		{"put of one name", "name local files", Put(ctx, r, []string{dir + "/a"})},
		{"rm of a directory", "remove it with -r", Delete(ctx, r, []string{dir}, false)},
		{"rm of the root", "root directory", Delete(ctx, r, []string{"/"}, true)},
		{"mkdir without parent", "no such file", MakeDir(ctx, r, []string{dir + "/x/y"}, false)},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, c.err, c.want)
		}
	}
	if got := get(t, Local{}, dir+"/b", 0); got != "b" {
		t.Errorf("b has become %q", got)
	}
}
