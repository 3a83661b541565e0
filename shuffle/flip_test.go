package shuffle

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// flipRecords are few enough that thousands of flips hit every kind of byte.
func flipRecords() []rec {
	var recs []rec
	for i := range 60 {
		recs = append(recs, rec{i % 4, fmt.Sprint("key", i), fmt.Sprint("value of ", i*7)})
	}
	return recs
}

// find returns the path of a file of an output.
func find(t testing.TB, s *Store, name string) string {
	t.Helper()
	for _, dir := range s.dirs {
		if _, err := dir.Stat(name); err == nil {
			return filepath.Join(dir.Name(), name)
		}
	}
	t.Fatalf("no file %s", name)
	return ""
}

// flips is how many bits a test flips: make soak flips 10,000 of each kind.
var flips = flag.Int("flips", 1000, "bits to flip in each test of flips")

// A flipped bit in a data or index file, a group's or not, is an error: never wrong rows.
func TestBitFlipsInFiles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20, 26))
	silent, failed, flipped := 0, 0, 0
	for i, c := range []WriterConfig{
		{}, {Codec: CodecZstd}, {Sorted: true}, {Sorted: true, Codec: CodecZstd},
		{}, {Codec: CodecZstd}, {Sorted: true}, {Sorted: true, Codec: CodecZstd},
	} {
		c.Store, c.Partitions = newStore(t), 4
		want := sortedRecs(flipRecords())
		loc := Location{}
		if i < 4 {
			writeOutput(t, c, want)
		} else {
			loc = group(t, c, [][]rec{want[:20], want[20:40], want[40:]})
		}
		rc := ReaderConfig{Store: c.Store, Last: 4, Partitions: 4, Host: loc.Host,
			Locations: []Location{loc}}
		for _, name := range []string{dataName(OutputID{}), indexName(OutputID{})} {
			path := find(t, c.Store, name)
			for range *flips / 16 {
				flipped++
				restore := flip(t, path, random)
				got, err := read(rc)
				var fetch *FetchFailedError
				switch {
				case errors.As(err, &fetch):
					failed++
				case err != nil || !slices.Equal(sortedRecs(got), want):
					silent++
				}
				restore()
			}
		}
		if got, err := read(rc); err != nil || !slices.Equal(sortedRecs(got), want) {
			t.Fatalf("without a flip: %v", err)
		}
	}
	t.Logf("%d flips: %d silent, %d told", flipped, silent, failed)
	if silent > 0 || failed != flipped {
		t.Errorf("of %d flips %d were silent, %d were told", flipped, silent, failed)
	}
}

// flip flips one random bit of a file.
func flip(t testing.TB, path string, random *rand.Rand) (restore func()) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	at, b := random.Int64N(info.Size()), make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	f.WriteAt([]byte{b[0] ^ 1<<random.IntN(8)}, at)
	return func() {
		f.WriteAt(b, at)
		f.Close()
	}
}

// A flipped bit in a spill fails the map task, at once and not its readers.
func TestBitFlipsInSpills(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20, 27))
	store := newStore(t)
	for i := range *flips {
		w, err := NewWriter(WriterConfig{Store: store, Partitions: 2, Sorted: i%2 == 0,
			Codec: Codec(i / 2 % 2), Memory: NewBudget(1)})
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; len(w.spills) == 0; n++ {
			if err := w.Add(n%2, fmt.Append(nil, n), make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
		}
		s := w.spills[0]
		at, b := random.Int64N(s.size), make([]byte, 1)
		s.file.ReadAt(b, at)
		s.file.WriteAt([]byte{b[0] ^ 1<<random.IntN(8)}, at)
		if _, err := w.Commit(); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("flip at %d of %d: commit gave %v", at, s.size, err)
		}
		if left, _ := filepath.Glob(store.dirs[0].Name() + "/*/*"); len(left) > 0 {
			t.Fatalf("left after a failed commit: %v", left)
		}
	}
}

// flippedConn flips one bit of what is read from it.
type flippedConn struct {
	net.Conn
	at  int
	bit byte
}

func (c *flippedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.at >= 0 && c.at < n {
		p[c.at] ^= c.bit
	}
	c.at -= n
	return n, err
}

// A flipped bit on the wire is healed by asking again.
func TestBitFlipsOnTheWire(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := sortedRecs(flipRecords())
	out := writeOutput(t, WriterConfig{Store: store, Partitions: 4}, want)
	answer := answerSize + 4*metaSize + int(out.Bytes)
	request := requestSize + itemSize
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inRequest := make(chan int, 1)
	addr, _ := serve(t, ServerConfig{Source: store, Listener: flippedListener{l, inRequest}})
	random := rand.New(rand.NewPCG(20, 28))
	for range *flips {
		at, bit := random.IntN(answer+request), byte(1)<<random.IntN(8)
		var dials atomic.Int32
		client := NewClient(ClientConfig{Dial: func(ctx context.Context, addr string) (net.Conn, error) {
			inAnswer := at - request
			if dials.Add(1) > 1 {
				inAnswer = -1
				inRequest <- -1
			} else {
				inRequest <- at
			}
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			return &flippedConn{conn, inAnswer, bit}, err
		}})
		got, err := read(ReaderConfig{Client: client, Last: 4, Backoff: time.Millisecond,
			Locations: []Location{{Addr: addr}}})
		if err != nil || !slices.Equal(sortedRecs(got), want) {
			t.Fatalf("flip at %d of %d+%d: %d records, %v", at, request, answer, len(got), err)
		}
		if dials.Load() != 2 {
			t.Fatalf("flip at %d of %d+%d was not seen", at, request, answer)
		}
		client.Close()
	}
	t.Logf("%d flips: all were seen, and healed by asking again", *flips)
}

// flippedListener flips a bit of each connection's first request, where the channel says.
type flippedListener struct {
	net.Listener
	at chan int
}

func (l flippedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &flippedConn{conn, <-l.at, 4}, nil
}

// A file cut short is a fetch failure at any length.
func TestTruncatedFiles(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	out := writeOutput(t, WriterConfig{Store: store, Partitions: 4}, flipRecords())
	for _, name := range []string{dataName(out.OutputID), indexName(out.OutputID)} {
		path := find(t, store, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range whole {
			if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := read(ReaderConfig{Store: store, Last: 4, Locations: []Location{{Map: 0}}})
			var fetch *FetchFailedError
			if !errors.As(err, &fetch) || !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s cut to %d of %d bytes: %v", name, n, len(whole), err)
			}
		}
		os.WriteFile(path, append(whole, 0), 0o600)
		_, err = read(ReaderConfig{Store: store, Last: 4, Locations: []Location{{}}})
		if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%s with a byte too many: %v", name, err)
		}
		os.WriteFile(path, whole, 0o600)
	}
}

// Blocks of the right form in the wrong place are found out by the first batch.
func TestBlocksSwapped(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	a := writeOutput(t, WriterConfig{Store: store, Map: 1, Partitions: 1}, []rec{{0, "k", "1"}})
	b := writeOutput(t, WriterConfig{Store: store, Map: 2, Partitions: 1}, []rec{{0, "k", "2"}})
	if err := os.Rename(find(t, store, dataName(a.OutputID)),
		find(t, store, dataName(b.OutputID))); err != nil {
		t.Fatal(err)
	}
	got, err := read(ReaderConfig{Store: store, Locations: []Location{{Map: 2}}})
	if len(got) > 0 || !errors.Is(err, ErrCorrupt) {
		t.Errorf("read %v, %v", got, err)
	}
}
