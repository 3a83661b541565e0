package shuffle

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// large are records of some megabytes in one partition.
func large() []rec {
	recs := make([]rec, 40_000)
	for i := range recs {
		recs[i] = rec{0, fmt.Sprintf("key%06d", i), string(make([]byte, 90))}
	}
	return recs
}

// cutConn ends after it has delivered so many bytes.
type cutConn struct {
	net.Conn
	left int
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// Connections that break anywhere cost a retry: no record is lost, none comes twice.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := large()
	writeOutput(t, WriterConfig{Store: store, Partitions: 1, Codec: CodecZstd}, want)
	writeOutput(t, WriterConfig{Store: store, Map: 1, Partitions: 1}, want)
	want = sortedRecs(append(want, want...))
	addr, _ := serve(t, ServerConfig{Source: store})
	for _, cut := range []int{1, answerSize, 1000, 300_000, 1_500_000} {
		var dials atomic.Int64
		client := newClient(t, ClientConfig{
			Dial: func(ctx context.Context, addr string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
				left := cut
				if dials.Add(1) == 3 {
					left = 1 << 40
				}
				return &cutConn{conn, left}, err
			}})
		r, err := NewReader(context.Background(), ReaderConfig{Client: client, Requests: 1,
			Backoff: time.Microsecond, Locations: []Location{{Addr: addr}, {Addr: addr, Map: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		var got []rec
		for b, err := r.Next(); err != io.EOF; b, err = r.Next() {
			if err != nil {
				t.Fatalf("cut after %d bytes: %v", cut, err)
			}
			b.Each(func(k, v []byte) { got = append(got, rec{0, string(k), string(v)}) })
		}
		if !slices.Equal(sortedRecs(got), want) {
			t.Errorf("cut after %d bytes: %d records, want %d", cut, len(got), len(want))
		}
		if s := r.Stats(); s.Retries == 0 || s.RemoteBlocks != 2 {
			t.Errorf("cut after %d bytes: stats %+v", cut, s)
		}
		r.Close()
	}
}

// narrow keeps the kernel from buffering a whole answer, so that the server is still busy
// with it when the client has read its first batch.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(16 << 10)
	}
	return conn, err
}

func newNarrow(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return narrow{l}
}

func dialNarrow(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err == nil {
		err = conn.(*net.TCPConn).SetReadBuffer(16 << 10)
	}
	return conn, err
}

// A server that is stopped in the middle of a fetch and comes back fails nobody.
func TestServerRestarted(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := large()
	writeOutput(t, WriterConfig{Store: store, Partitions: 1}, want)
	addr, stop := serve(t, ServerConfig{Source: store, Grace: time.Nanosecond,
		Listener: newNarrow(t)})
	var now atomic.Value // the server's address: no port is certain to be free again
	now.Store(addr)
	client := newClient(t, ClientConfig{Dial: func(ctx context.Context, _ string) (net.Conn, error) {
		return dialNarrow(ctx, now.Load().(string))
	}})
	r, err := NewReader(context.Background(), ReaderConfig{Client: client, InFlight: 1,
		Retries: 12, Backoff: time.Millisecond, Locations: []Location{{Addr: addr}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	b, err := r.Next()
	stop()
	addr, _ = serve(t, ServerConfig{Source: store})
	now.Store(addr)
	for ; err == nil; b, err = r.Next() {
		n += b.Records
	}
	if err != io.EOF || n != len(want) {
		t.Errorf("%d records, want %d: %v", n, len(want), err)
	}
	if r.Stats().Retries == 0 {
		t.Error("the restart was not noticed")
	}
}

func TestFetchFailures(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	writeOutput(t, WriterConfig{Store: store, Map: 4, Partitions: 2}, flipRecords()[:2])
	bad := writeOutput(t, WriterConfig{Store: store, Map: 5, Partitions: 2}, flipRecords()[:2])
	index := find(t, store, indexName(bad.OutputID))
	if err := os.WriteFile(index, []byte("WFTI"), 0o600); err != nil {
		t.Fatal(err)
	}
	addr, _ := serve(t, ServerConfig{Source: store})
	dial := func(ctx context.Context, addr string) (net.Conn, error) {
		if addr == "gone" {
			return nil, syscall.ECONNREFUSED
		}
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}
	for _, tt := range []struct {
		name    string
		lost    Location
		part    int
		cause   error
		retries int64
	}{
		{"missing here", Location{Host: "h", Map: 7}, 0, ErrNotFound, 0},
		{"missing there", Location{Addr: addr, Map: 7}, 0, ErrNotFound, 0},
		{"corrupt here", Location{Host: "h", Map: 5}, 0, ErrCorrupt, 0},
		{"corrupt there", Location{Addr: addr, Map: 5}, 0, ErrCorrupt, 0},
		{"no such partition", Location{Addr: addr, Map: 4}, 2, ErrNotFound, 0},
		{"server gone", Location{Addr: "gone", Map: 4}, 0, syscall.ECONNREFUSED, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.lost.Executor = "e7"
			r, err := NewReader(context.Background(), ReaderConfig{Store: store, Host: "h",
				Client: newClient(t, ClientConfig{Dial: dial}), Retries: 2, Backoff: time.Microsecond,
				First: tt.part, Locations: []Location{tt.lost}})
			if err == nil {
				defer r.Close()
				_, err = r.Next()
				if got := r.Stats().Retries; got != tt.retries {
					t.Errorf("%d retries, want %d", got, tt.retries)
				}
			}
			var fetch *FetchFailedError
			if !errors.As(err, &fetch) || !errors.Is(err, tt.cause) {
				t.Fatalf("got %v, want a fetch failure by %v", err, tt.cause)
			}
			if fetch.Executor != "e7" || fetch.Map != tt.lost.Map || fetch.Reduce != tt.part {
				t.Errorf("blamed %+v", fetch)
			}
		})
	}
}

// Next returns when its context ends, though the server says nothing.
func TestContextEndsFetch(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := NewReader(ctx, ReaderConfig{Client: newClient(t, ClientConfig{}),
		Locations: []Location{{Addr: l.Addr().String()}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := readRequest(conn); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("Next: %v", err)
	}
}

// The in-flight limit holds though the consumer does nothing.
func TestInFlightLimit(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	var locs []Location
	addr, _ := serve(t, ServerConfig{Source: store})
	for m := range 8 {
		writeOutput(t, WriterConfig{Store: store, Map: MapID(m), Partitions: 1}, large())
		locs = append(locs, Location{Addr: addr, Map: MapID(m), Bytes: 4 << 20})
	}
	const limit = 1 << 20
	r, err := NewReader(context.Background(), ReaderConfig{Client: newClient(t, ClientConfig{}),
		InFlight: limit, Locations: locs})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n += b.Records
		if r.window.TryAcquire(limit - r.held + 1) {
			t.Fatal("the batch in hand does not count")
		}
	}
	if n != 8*len(large()) {
		t.Errorf("%d records", n)
	}
	if !r.window.TryAcquire(limit) {
		t.Error("the window was not given back")
	}
}

// cache serves cached blocks from memory.
type cache map[CachedID]*bytes.Buffer

func (c cache) OpenOutput(context.Context, OutputID) (*OutputFile, error) {
	return nil, errors.New("disk on fire")
}

func (c cache) OpenCached(_ context.Context, id CachedID) (*CachedBlock, error) {
	if c[id] == nil {
		return nil, fmt.Errorf("%w: %v", ErrNotFound, id)
	}
	out := &bytes.Buffer{}
	w := NewBlockWriter(out, CodecZstd)
	for i := range 20_000 {
		if err := w.Add(fmt.Append(nil, i), []byte("a value")); err != nil {
			return nil, err
		}
	}
	meta, err := w.Finish()
	return &CachedBlock{meta, io.NopCloser(out)}, err
}

func TestCachedBlocks(t *testing.T) {
	t.Parallel()
	addr, _ := serve(t, ServerConfig{Source: cache{{3, 4}: {}}})
	client := newClient(t, ClientConfig{})
	for range 3 {
		b, err := client.FetchCached(context.Background(), addr, CachedID{3, 4})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		batch, err := b.Next()
		for ; err == nil; batch, err = b.Next() {
			n += batch.Records
		}
		if err != io.EOF || n != 20_000 {
			t.Errorf("%d records, %v", n, err)
		}
		b.Close()
		_, err = client.FetchCached(context.Background(), addr, CachedID{3, 5})
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("missing block: %v", err)
		}
	}
	if n := len(client.mu.idle[addr]); n != 1 {
		t.Errorf("%d connections for fetches in turn, want 1", n)
	}
}

// A read error on the server is told to the client, and tried again.
func TestServerCannotRead(t *testing.T) {
	t.Parallel()
	addr, _ := serve(t, ServerConfig{Source: cache{}})
	r, err := NewReader(context.Background(), ReaderConfig{Client: newClient(t, ClientConfig{}),
		Backoff: time.Microsecond, Locations: []Location{{Addr: addr}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var fetch *FetchFailedError
	_, err = r.Next()
	if !errors.As(err, &fetch) || fetch.Cause.Error() != "server: disk on fire" {
		t.Errorf("Next: %v", err)
	}
	if n := r.Stats().Retries; n != defaultRetries {
		t.Errorf("%d retries", n)
	}
}

// A server with one slot serves many clients in turn.
func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := sortedRecs(flipRecords())
	writeOutput(t, WriterConfig{Store: store, Partitions: 4}, want)
	addr, _ := serve(t, ServerConfig{Source: store, Conns: 1})
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			client := NewClient(ClientConfig{})
			defer client.Close()
			got, err := read(ReaderConfig{Client: client, Last: 4,
				Locations: []Location{{Addr: addr}}})
			if err != nil || !slices.Equal(sortedRecs(got), want) {
				t.Errorf("%d records, %v", len(got), err)
			}
		})
	}
	clients.Wait()
}

// A malformed request is refused.
func TestRefusals(t *testing.T) {
	t.Parallel()
	addr, _ := serve(t, ServerConfig{Source: newStore(t)})
	for _, q := range []request{
		{kind: 3, items: []item{{count: 1}}},
		{kind: kindOutput},
		{kind: kindOutput, items: make([]item, maxItems+1)},
		{kind: kindOutput, items: []item{{count: 0}}},
		{kind: kindOutput, items: []item{{count: maxBlocks}, {count: 1}}},
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(q.encode())
		var told *serverError
		if _, err := readAnswer(conn, 1); !errors.As(err, &told) || told.status != statusRefused {
			t.Errorf("%d items of kind %d: %v", len(q.items), q.kind, err)
		}
		conn.Close()
	}
}

// A server that is stopped finishes the answer under way, and ends idle connections.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	want := large()
	writeOutput(t, WriterConfig{Store: store, Partitions: 1}, want)
	addr, stop := serve(t, ServerConfig{Source: store, Grace: time.Minute, Listener: newNarrow(t)})
	idle, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	client := newClient(t, ClientConfig{Dial: dialNarrow})
	r, err := NewReader(context.Background(), ReaderConfig{Client: client, InFlight: 1,
		Retries: -1, Locations: []Location{{Addr: addr}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Next()
	n := 0
	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	for ; err == nil; b, err = r.Next() {
		n += b.Records
	}
	if err != io.EOF || n != len(want) {
		t.Errorf("%d records, %v", n, err)
	}
	<-stopped
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("the idle connection is still open")
	}
}

// Authentication is the caller's: here mutual TLS, as one identity for both sides.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	config := identity(t)
	store := newStore(t)
	want := large()
	writeOutput(t, WriterConfig{Store: store, Partitions: 1}, want)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := serve(t, ServerConfig{Source: store, Listener: l})
	d := tls.Dialer{Config: config}
	dial := func(ctx context.Context, addr string) (net.Conn, error) {
		return d.DialContext(ctx, "tcp", addr)
	}
	client := newClient(t, ClientConfig{Dial: dial})
	got, err := read(ReaderConfig{Client: client, Locations: []Location{{Addr: addr}}})
	if err != nil || !slices.Equal(sortedRecs(got), sortedRecs(want)) {
		t.Errorf("%d records, %v", len(got), err)
	}
	_, err = newClient(t, ClientConfig{}).FetchCached(context.Background(), addr, CachedID{})
	if err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("without identity: %v", err)
	}
}

// identity makes a certificate that both sides present and trust.
func identity(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ClientCAs: pool,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
