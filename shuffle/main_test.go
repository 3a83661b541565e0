package shuffle

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rec is a record as tests compare it.
type rec struct {
	part       int
	key, value string
}

func compareRecs(a, b rec) int {
	return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.key, b.key),
		cmp.Compare(a.value, b.value))
}

func sortedRecs(recs []rec) []rec {
	recs = slices.Clone(recs)
	slices.SortFunc(recs, compareRecs)
	return recs
}

func newStore(t testing.TB) *Store {
	t.Helper()
	s, err := OpenStore(t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// writeOutput commits recs as one map output.
func writeOutput(t testing.TB, c WriterConfig, recs []rec) Output {
	t.Helper()
	w, err := NewWriter(c)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, r := range recs {
		if err := w.Add(r.part, []byte(r.key), []byte(r.value)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read returns all records of a Reader, and how it ended: nil at io.EOF.
func read(c ReaderConfig) ([]rec, error) {
	r, err := NewReader(context.Background(), c)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var recs []rec
	for {
		b, err := r.Next()
		if err == io.EOF {
			return recs, nil
		}
		if err != nil {
			return recs, err
		}
		b.Each(func(k, v []byte) { recs = append(recs, rec{b.Partition, string(k), string(v)}) })
	}
}

// merge returns all records of a Merge.
func merge(c ReaderConfig) ([]rec, error) {
	r, err := Merge(context.Background(), c)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var recs []rec
	for r.Next() {
		recs = append(recs, rec{c.First, string(r.Key()), string(r.Value())})
	}
	return recs, errors.Join(r.Err(), r.Close())
}

// serve starts a server for source on a port of its own and returns its address. stop may
// be called at any time, and is at the end of the test.
func serve(t testing.TB, c ServerConfig) (addr string, stop func()) {
	t.Helper()
	if c.Listener == nil {
		var err error
		if c.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s, err := NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	stopped := false
	stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	t.Cleanup(stop)
	return c.Listener.Addr().String(), stop
}

func newClient(t testing.TB, c ClientConfig) *Client {
	client := NewClient(c)
	t.Cleanup(func() { client.Close() })
	return client
}
