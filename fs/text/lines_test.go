package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/fs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// resolver is one for local files only.
func resolver(t testing.TB) *fs.Resolver {
	r := fs.Resolve(nil, "tester")
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// oracle cuts a text into lines the slow and obvious way.
func oracle(content string) []string {
	if content == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	for i, l := range lines {
		if i < len(lines)-1 || strings.HasSuffix(content, "\n") {
			lines[i] = strings.TrimSuffix(l, "\r")
		}
	}
	return lines
}

// collect reads one piece after the other with small batches, and checks what each says of itself.
func collect(t interface{ Fatalf(string, ...any) }, in *reader, content string) []string {
	var all []string
	for {
		p := in.next()
		if p.err == io.EOF {
			return all
		}
		if p.err != nil {
			t.Fatalf("read: %v", p.err)
		}
		if want := content[p.offset:][:len(p.data)]; string(p.data) != want {
			t.Fatalf("piece at %d is %q, the file has %q", p.offset, p.data, want)
		}
		all = appendLines(all, p.data)
	}
}

// Any text, cut at any places, read in batches of any size through a reader that returns as little
// as it likes: all lines come once and in order.
func TestLinesOfAllSplitsAreAllLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringOfN(rapid.SampledFrom([]rune("ab\r\n\n")), 0, 200, -1).Draw(t, "text")
		batch := rapid.IntRange(1, 64).Draw(t, "batch")
		size := int64(len(content))
		ends := append(rapid.SliceOf(rapid.Int64Range(0, size)).Draw(t, "cuts"), size)
		begin := int64(0)
		var got []string
		for _, end := range ends {
			if end < begin {
				continue
			}
			src := io.Reader(strings.NewReader(content[max(0, begin-1):]))
			if rapid.Bool().Draw(t, "byte by byte") {
				src = iotest.OneByteReader(src)
			}
			in := newReader("text", src, begin, end)
			in.batch = batch
			got = append(got, collect(t, in, content)...)
			begin = end
		}
		if diff := cmp.Diff(oracle(content), got); diff != "" {
			t.Fatalf("lines (-want +got):\n%s", diff)
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add("one\r\ntwo\n\nlast", int64(5), 3)
	f.Add("\n\n\n", int64(1), 1)
	f.Add("\r", int64(0), 2)
	f.Fuzz(func(t *testing.T, content string, cut int64, batch int) {
		if cut < 0 || cut > int64(len(content)) || batch < 1 || batch > 1<<16 {
			return
		}
		var got []string
		for _, s := range [][2]int64{{0, cut}, {cut, int64(len(content))}} {
			in := newReader("text", strings.NewReader(content[max(0, s[0]-1):]), s[0], s[1])
			in.batch = batch
			got = append(got, collect(t, in, content)...)
		}
		if diff := cmp.Diff(oracle(content), got); diff != "" {
			t.Fatalf("lines (-want +got):\n%s", diff)
		}
	})
}

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func gzipped(t testing.TB, content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t testing.TB, content string) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll([]byte(content), nil)
}

// numbered is a text of n lines, larger than a few batches for n in the hundred thousands.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d of the file\n", i)
	}
	return b.String()
}

func readAll(t testing.TB, s Split) ([]string, error) {
	var got []string
	err := ReadLines(t.Context(), resolver(t), s, func(b Batch) error {
		got = append(got, b.Lines...) // the strings stay valid, the slice does not
		return nil
	})
	return got, err
}

func TestCodecs(t *testing.T) {
	content := numbered(200_000)
	two := append(gzipped(t, content[:1000]), gzipped(t, content[1000:])...)
	dir := t.TempDir()
	for _, c := range []struct {
		name  string
		codec Codec
		data  []byte
	}{
		{"plain.txt", Plain, []byte(content)},
		{"one.gz", Gzip, gzipped(t, content)},
		{"two_members.gz", Gzip, two},
		{"one.zst", Zstd, zstded(t, content)},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := write(t, filepath.Join(dir, c.name), c.data)
			size := int64(len(c.data))
			got, err := readAll(t, Split{Path: name, Length: size, FileSize: size, Codec: c.codec})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(oracle(content), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDamage(t *testing.T) {
	content := numbered(100_000)
	dir := t.TempDir()
	gz, zs := gzipped(t, content), zstded(t, content)
	flipped := bytes.Clone(zs)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name, want string
		codec      Codec
		data       []byte
	}{
		{"cut.gz", "cut off", Gzip, gz[:len(gz)/2]},
		{"no_checksum.gz", "cut off", Gzip, gz[:len(gz)-4]},
		{"cut.zst", "cut off", Zstd, zs[:len(zs)/2]},
		{"flipped.zst", "is damaged near byte", Zstd, flipped},
		{"text.gz", "is damaged near byte", Gzip, []byte("no gzip at all")},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := write(t, filepath.Join(dir, c.name), c.data)
			_, err := readAll(t, Split{Path: name, Length: int64(len(c.data)), Codec: c.codec})
			if err == nil || !strings.Contains(err.Error(), c.want) ||
				!strings.Contains(err.Error(), name) {
				t.Errorf("error %v: want %q and the file's name", err, c.want)
			}
		})
	}
}

func TestLineTooLong(t *testing.T) {
	head := "short\n"
	src := io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, maxLine+1))
	in := newReader("zeros", src, 0, math.MaxInt64)
	p := in.next()
	if string(p.data) != head {
		t.Fatalf("first piece: %d bytes, %v", len(p.data), p.err)
	}
	p = in.next()
	if !errors.Is(p.err, ErrLongLine) || !strings.Contains(p.err.Error(), "begins at 6") {
		t.Errorf("error %v, want ErrLongLine at 6", p.err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestFileBecameShorter(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), "f"), []byte("one\ntwo\n"))
	_, err := readAll(t, Split{Path: name, Length: 100, FileSize: 100})
	if err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("error %v, want one that says the file became shorter", err)
	}
}

func TestCallerEndsReading(t *testing.T) {
	content := numbered(300_000)
	name := write(t, filepath.Join(t.TempDir(), "f"), []byte(content))
	split := Split{Path: name, Length: int64(len(content)), FileSize: int64(len(content))}
	enough := errors.New("enough")
	err := ReadLines(t.Context(), resolver(t), split, func(Batch) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("error %v, want the caller's own", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = ReadLines(ctx, resolver(t), split, func(Batch) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// What is kept of a batch must not change when later ones are read.
func TestLinesMayBeKept(t *testing.T) {
	content := numbered(300_000)
	name := write(t, filepath.Join(t.TempDir(), "f"), []byte(content))
	got, err := readAll(t, Split{Path: name, Length: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(oracle(content), got); diff != "" {
		t.Error(diff)
	}
}

// A line costs no allocation: the batches of a file cost a few, however many lines they have.
func TestNoAllocationPerLine(t *testing.T) {
	content := []byte(numbered(100_000))
	var lines []string
	lines = appendLines(lines, content)
	allocs := testing.AllocsPerRun(5, func() { lines = appendLines(lines[:0], content) })
	if allocs != 0 {
		t.Errorf("%v allocations for 100,000 lines, want 0", allocs)
	}
}

func BenchmarkReadLines(b *testing.B) {
	content := []byte(numbered(1_000_000))
	name := write(b, filepath.Join(b.TempDir(), "f"), content)
	r := resolver(b)
	split := Split{Path: name, Length: int64(len(content)), FileSize: int64(len(content))}
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		lines := 0
		err := ReadLines(b.Context(), r, split, func(batch Batch) error {
			lines += len(batch.Lines)
			return nil
		})
		if err != nil || lines != 1_000_000 {
			b.Fatal(lines, err)
		}
	}
}

func BenchmarkAppendLines(b *testing.B) {
	content := []byte(numbered(40_000))
	lines := make([]string, 0, 50_000)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		lines = appendLines(lines[:0], content)
	}
}
