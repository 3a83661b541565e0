package text

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/fs"
)

// picture prints partitions as name[begin:end]+… so that tables stay readable.
func picture(ps []Partition) []string {
	var out []string
	for _, p := range ps {
		var parts []string
		for _, s := range p {
			parts = append(parts, fmt.Sprintf("%s[%d:%d]", filepath.Base(s.Path),
				s.Offset, s.Offset+s.Length))
		}
		out = append(out, strings.Join(parts, "+"))
	}
	return out
}

func TestPlan(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{
		"big.txt": 1000, "a.txt": 10, "b.txt": 20, "empty.txt": 0, "_SUCCESS": 5, ".a.crc": 5,
		"deep/c.txt": 30, "deep/_tmp/d.txt": 40, "deep/er/e.txt": 50, "od[d].txt": 60,
	} {
		write(t, filepath.Join(dir, name), []byte(strings.Repeat("x\n", size/2)+"y"[:size%2]))
	}
	for _, c := range []struct {
		name     string
		patterns []string
		most     int64
		want     []string
	}{
		{"small files together", []string{"a.txt", "b.txt"}, 1 << 20,
			[]string{"a.txt[0:10]+b.txt[0:20]"}},
		{"large file in even pieces", []string{"big.txt"}, 400,
			[]string{"big.txt[0:334]", "big.txt[334:667]", "big.txt[667:1000]"}},
		{"directory: its files, none hidden, none below", []string{""}, 1 << 30,
			[]string{"a.txt[0:10]+b.txt[0:20]+big.txt[0:1000]+od[d].txt[0:60]"}},
		{"pattern", []string{"[ab].txt"}, 1 << 30, []string{"a.txt[0:10]+b.txt[0:20]"}},
		{"alternatives", []string{"{b,a}.txt"}, 1 << 30, []string{"a.txt[0:10]+b.txt[0:20]"}},
		{"any depth", []string{"deep/**"}, 1 << 30, []string{"c.txt[0:30]+e.txt[0:50]"}},
		{"any depth, named", []string{"**/e.txt"}, 1 << 30, []string{"e.txt[0:50]"}},
		{"hidden, spelled out", []string{"deep/_tmp/*"}, 1 << 30, []string{"d.txt[0:40]"}},
		{"a name with brackets is a name", []string{"od[d].txt"}, 1 << 30, []string{"od[d].txt[0:60]"}},
		{"empty file", []string{"empty.txt"}, 100, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var patterns []string
			for _, p := range c.patterns {
				patterns = append(patterns, filepath.Join(dir, p))
			}
			most := c.most
			if most == 1<<20 || most == 1<<30 {
				most += 10 * openCost
			}
			ps, err := Plan(t.Context(), resolver(t), patterns, Options{MaxBytes: most})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, picture(ps)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMinPartitions(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), "f"), []byte(numbered(1000)))
	ps, err := Plan(t.Context(), resolver(t), []string{name}, Options{MinPartitions: 7})
	if err != nil || len(ps) != 7 {
		t.Errorf("%d partitions, %v; want 7", len(ps), err)
	}
}

func TestManySmallFilesMakeFewTasks(t *testing.T) {
	dir := t.TempDir()
	for i := range 1000 {
		write(t, filepath.Join(dir, fmt.Sprintf("f%04d", i)), []byte("word\n"))
	}
	ps, err := Plan(t.Context(), resolver(t), []string{dir}, Options{})
	if err != nil || len(ps) != 2 {
		t.Errorf("%d partitions, %v; want 2 of some 500 files", len(ps), err)
	}
}

func TestMissingInput(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text.gz"), []byte("plain"))
	for _, c := range []struct {
		pattern, want string
		is            error
	}{
		{filepath.Join(dir, "nothing"), "no such file", fs.ErrNotExist},
		{filepath.Join(dir, "no*thing"), "matches nothing", ErrNoInput},
		{filepath.Join(dir, "text.gz"), "the name says gzip and the content does not", nil},
		{filepath.Join(dir, strings.Repeat("{a,b}", 20)), "alternatives", nil},
		{filepath.Join(dir, "[a"), "syntax error in pattern", nil},
		{"s3://bucket/key", "weft reads file: and hdfs:", nil},
		{"", "empty path", nil},
	} {
		_, err := Plan(t.Context(), resolver(t), []string{c.pattern}, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), c.pattern) {
			t.Errorf("%q: error %v, want %q", c.pattern, err, c.want)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%q: error %v is not %v", c.pattern, err, c.is)
		}
	}
}

// Whatever the blocks, the pieces of a file cover it once, none is larger than asked for, and one
// that could end at a block's end does.
func TestCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 10_000).Draw(t, "size")
		block := rapid.Int64Range(1, 3000).Draw(t, "block")
		most := rapid.Int64Range(1, 3000).Draw(t, "most")
		var blocks []fs.Block
		for at := int64(0); at < size; at += block {
			blocks = append(blocks, fs.Block{Offset: at, Length: min(block, size-at)})
		}
		ends := cuts(blocks, size, most)
		if ends[len(ends)-1] != size || !slices.IsSorted(ends) {
			t.Fatalf("ends %v of %d bytes", ends, size)
		}
		begin := int64(0)
		for _, end := range ends {
			if end-begin > most || end == begin {
				t.Fatalf("piece %d:%d with at most %d", begin, end, most)
			}
			if begin/block != (end-1)/block && end%block != 0 && end != size {
				t.Fatalf("piece %d:%d spans blocks of %d and ends in one", begin, end, block)
			}
			begin = end
		}
	})
}

func TestHostsBestFirst(t *testing.T) {
	blocks := []fs.Block{
		{Offset: 0, Length: 100, Hosts: []string{"n1", "n2"}},
		{Offset: 100, Length: 100, Hosts: []string{"n2", "n3"}},
		{Offset: 200, Length: 10, Hosts: []string{"n4"}},
	}
	if diff := cmp.Diff([]string{"n2", "n3", "n1"}, hosts(blocks, 10, 210)); diff != "" {
		t.Error(diff)
	}
}

// A pipe would make a task hang that opens it.
func TestInputThatIsNoFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Plan(t.Context(), resolver(t), []string{name}, Options{})
	if err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("error %v, want one that says it is no regular file", err)
	}
}
