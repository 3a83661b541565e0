package shuffle

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The applications of two users on one node. Mallory's is the attacker's; what Bob's rows are is
// what must not leak.
const (
	malloryApp = "application_1700000000000_0001"
	bobApp     = "application_1700000000000_0002"
	bobsRow    = "bob's salary"
	ownRow     = "mallory's row"
)

// a node is a server of two users' applications on one disk.
type node struct {
	addr, disk string
	files      *Files
	apps       twoApps
}

// twoApps knows the secret of both applications.
type twoApps map[string]*AppFiles

func secretOfTest(app string) []byte { return bytes.Repeat([]byte(app[len(app)-1:]), SecretSize) }

func (a twoApps) Secret(app string) ([]byte, bool) {
	_, ok := a[app]
	return secretOfTest(app), ok
}

func (a twoApps) Source(app string) (Source, error) { return a[app], nil }

// appPath is an application's directory on the node's disk.
func (n *node) appPath(user, app string) string {
	return filepath.Join(n.disk, "usercache", user, "appcache", app)
}

func (n *node) own(name string) string {
	return filepath.Join(n.appPath("mallory", malloryApp), folder, name)
}

func (n *node) bobs(name string) string {
	return filepath.Join(n.appPath("bob", bobApp), folder, name)
}

func newNode(t testing.TB, c ServerConfig) *node {
	t.Helper()
	n := &node{disk: t.TempDir(), files: NewFiles(8, 1<<20)}
	n.write(t, "mallory", malloryApp, ownRow)
	n.write(t, "bob", bobApp, bobsRow)
	n.apps = twoApps{
		malloryApp: n.files.App([]string{n.disk}, "mallory", malloryApp),
		bobApp:     n.files.App([]string{n.disk}, "bob", bobApp),
	}
	c.Applications = n.apps
	n.addr, _ = serve(t, c)
	t.Cleanup(func() {
		for _, a := range n.apps {
			a.Close()
		}
	})
	return n
}

// write makes shuffle 0 with map 0, small, and map 1, large. Bob has a shuffle 5 besides.
func (n *node) write(t testing.TB, user, app, row string) {
	t.Helper()
	dir := n.appPath(user, app)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	writeOutput(t, WriterConfig{Store: s, Partitions: 2}, []rec{{0, "k", row}, {1, "k", row}})
	many := slices.Repeat([]rec{{0, "k", row + strings.Repeat(".", 1000)}}, 3000)
	writeOutput(t, WriterConfig{Store: s, Map: 1, Partitions: 1}, many)
	if app == bobApp {
		writeOutput(t, WriterConfig{Store: s, Shuffle: 5, Partitions: 1}, []rec{{0, "k", row}})
	}
}

// dial connects without a proof.
func (n *node) dial(t testing.TB) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", n.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return conn.(*net.TCPConn)
}

// says sends bytes and returns all that comes back.
func says(conn *net.TCPConn, said ...[]byte) []byte {
	conn.Write(slices.Concat(said...))
	conn.CloseWrite()
	got, _ := io.ReadAll(conn)
	return got
}

// asks proves who Mallory is, asks, and returns all that comes back.
func (n *node) asks(t testing.TB, q request) []byte {
	t.Helper()
	conn := n.dial(t)
	if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return says(conn, q.encode())
}

func outputs(items ...item) request { return request{kind: kindOutput, items: items} }

var first = outputs(item{count: 1}) // shuffle 0 map 0 attempt 0, partition 0

// honest reads an application's rows, as its reduce tasks would.
func (n *node) honest(app string) ([]rec, error) {
	client := NewClient(ClientConfig{
		Dial: func(ctx context.Context, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			if err != nil {
				return nil, err
			}
			return conn, Prove(ctx, conn, app, secretOfTest(app))
		}})
	defer client.Close()
	return read(ReaderConfig{Client: client, Last: 1, Backoff: time.Millisecond,
		Locations: []Location{{Addr: n.addr}, {Addr: n.addr, Map: 1}}})
}

// swap puts something else in the place of a file.
func swap(t testing.TB, path string, put func(path string) error) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := put(path); err != nil {
		t.Fatal(err)
	}
}

func linkTo(to string) func(string) error {
	return func(path string) error { return os.Symlink(to, path) }
}

func hardLinkTo(to string) func(string) error {
	return func(path string) error { return os.Link(to, path) }
}

const data0, index0 = "0/m0-a0.data", "0/m0-a0.index"

// forge rewrites Mallory's index of two partitions, with checksums that hold.
func (n *node) forge(t testing.TB, change func(h *indexHeader, e []indexEntry)) {
	t.Helper()
	b, err := os.ReadFile(n.own(index0))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.Stat(n.own(data0))
	if err != nil {
		t.Fatal(err)
	}
	h, err := parseIndexHeader(b, OutputID{}, int64(len(b)), data.Size())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := readEntries(bytes.NewReader(b), h, b, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	change(&h, entries)
	h.put(b)
	for p, e := range entries {
		putEntry(b[indexHeaderSize+p*indexEntrySize:], b, p, e)
	}
	if err := os.WriteFile(n.own(index0), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
