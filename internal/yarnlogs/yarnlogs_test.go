package yarnlogs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// read returns all logs of a file, each with its bytes.
func read(t testing.TB, data []byte) (map[string]string, []Log, error) {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	out := map[string]string{}
	var order []Log
	err = f.Each(func(l Log, r io.Reader) error {
		b, err := io.ReadAll(r)
		out[l.Container+" "+l.Name] = string(b)
		order = append(order, l)
		return err
	})
	return out, order, err
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAFileOfARealNodeManager(t *testing.T) {
	const container = "container_1795247618328_0028_01_000001"
	logs, order, err := read(t, testdata(t, "nodemanager-3.5.0.tfile"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		container + " stdout": strings.Repeat("stage 0 done\n", 40),
		container + " stderr": strings.Repeat("warning über 0\n", 40),
	}
	if diff := cmp.Diff(want, logs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Log{{Container: container, Name: "stderr", Size: 640},
		{Container: container, Name: "stdout", Size: 520}}, order); diff != "" {
		t.Error(diff)
	}
}

func TestACompressedFileWithLogsOfManyChunks(t *testing.T) {
	const first, second = "container_1700000000000_0007_01_000001", "container_1700000000000_0007_01_000002"
	logs, _, err := read(t, testdata(t, "writer-3.5.0-gz.tfile"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		first + " stdout":  strings.Repeat("line of container 1\n", 3),
		first + " stderr":  "End of LogType:stderr\n",
		second + " stdout": strings.Repeat("line of container 2\n", 80_000),
		second + " stderr": "",
	}
	if diff := cmp.Diff(want, logs); diff != "" {
		t.Error(diff[:min(len(diff), 2000)])
	}
}

func TestLogsThatNobodyReadsAreSkipped(t *testing.T) {
	data := testdata(t, "writer-3.5.0-gz.tfile")
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := f.Each(func(Log, io.Reader) error { seen++; return nil }); err != nil || seen != 4 {
		t.Errorf("saw %d logs, %v", seen, err)
	}
	stop := errors.New("enough")
	if err := f.Each(func(Log, io.Reader) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	good := testdata(t, "nodemanager-3.5.0.tfile")
	changed := func(at int, b byte) []byte {
		out := bytes.Clone(good)
		out[len(out)+at] = b
		return out
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"an empty file":           {nil, errFormat},
		"a text":                  {[]byte(strings.Repeat("no logs at all ", 9)), errFormat},
		"a cut file":              {good[:len(good)-1], errFormat},
		"a newer version":         {changed(-19, 2), errFormat},
		"an index behind the end": {changed(-26, 1), errDamaged},
		"an index before 0":       {changed(-28, 0x80), errDamaged},
	} {
		if _, _, err := read(t, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func TestLZOIsNamed(t *testing.T) {
	data := bytes.Replace(testdata(t, "nodemanager-3.5.0.tfile"), []byte("none"), []byte("lzo1"), 9)
	_, _, err := read(t, data)
	if err == nil || !strings.Contains(err.Error(), `compressed by "lzo1"`) {
		t.Errorf("error %v", err)
	}
}

// appendVLong writes what readVLong reads, as Hadoop's Utils.writeVLong does.
func appendVLong(b []byte, n int64) []byte {
	switch {
	case n >= -32 && n < 128:
		return append(b, byte(n))
	case n >= -20<<8 && n < 20<<8:
		return append(b, byte(n>>8-52), byte(n))
	case n >= -16<<16 && n < 16<<16:
		return append(b, byte(n>>16-88), byte(n>>8), byte(n))
	case n >= -8<<24 && n < 8<<24:
		return append(b, byte(n>>24-112), byte(n>>16), byte(n>>8), byte(n))
	}
	size := 4
	for size < 8 && (n < -1<<(8*size-1) || n >= 1<<(8*size-1)) {
		size++
	}
	b = append(b, byte(size-129))
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], uint64(n))
	return append(b, all[8-size:]...)
}

func TestVLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n") >> rapid.IntRange(0, 63).Draw(t, "shift")
		in := bytes.NewReader(appendVLong(nil, n))
		got, err := readVLong(in)
		if err != nil || got != n || in.Len() > 0 {
			t.Fatalf("%d came back as %d, %v, %d bytes left", n, got, err, in.Len())
		}
	})
	for name, data := range map[string][]byte{"cut": {0x85, 1}, "unused": {0x80}, "cut short": {0xd3}} {
		if n, err := readVLong(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: read %d", name, n)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(testdata(f, "nodemanager-3.5.0.tfile"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		budget := 1000
		_ = file.Each(func(l Log, r io.Reader) error {
			if l.Size < 0 || !strings.HasPrefix(l.Container, "container_") {
				t.Errorf("log %+v", l)
			}
			n, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			if n > l.Size {
				t.Errorf("%d bytes of %d", n, l.Size)
			}
			if budget--; budget == 0 {
				return fmt.Errorf("enough")
			}
			return err
		})
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{3, 0, 1, 'V', 2, 'x', 'y'})
	f.Add([]byte("\x0e\x00\x0ccontainer_1_\x08\x00\x01o\x00\x012hi"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bytes.NewReader(data)
		for {
			if err := readRecord(in, func(Log, io.Reader) error { return nil }); err != nil {
				return
			}
		}
	})
}
