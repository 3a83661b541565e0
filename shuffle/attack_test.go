package shuffle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// An attack does something and returns what it got for it.
type attack struct {
	name string
	do   func(t *testing.T, n *node) []byte
}

// onDisk is an attack by what lies in Mallory's own directories.
func onDisk(name string, prepare func(t *testing.T, n *node)) attack {
	return attack{name, func(t *testing.T, n *node) []byte {
		prepare(t, n)
		return n.asks(t, first)
	}}
}

// inHello is an attack by the first words of a connection.
func inHello(name string, said func() []byte) attack {
	return attack{name, func(t *testing.T, n *node) []byte { return says(n.dial(t), said()) }}
}

func inRequest(name string, q request) attack {
	return attack{name, func(t *testing.T, n *node) []byte { return n.asks(t, q) }}
}

// named is the first words for an application whose name is anything.
func named(app string) []byte {
	b := newHello(malloryApp)[:helloHead]
	binary.LittleEndian.PutUint16(b[6:], uint16(len(app)))
	return slices.Concat(b, []byte(app), make([]byte, nonceSize+proofSize), first.encode())
}

var attacks = []attack{
	// Before or instead of a proof.
	inHello("no handshake", first.encode),
	inHello("nothing at all", func() []byte { return nil }),
	inHello("HTTP", func() []byte { return []byte("GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n") }),
	inHello("TLS", func() []byte { return []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") }),
	inHello("another application's name without a proof", func() []byte {
		return slices.Concat(newHello(bobApp), first.encode())
	}),
	inHello("a proof of zeros", func() []byte { return named(bobApp) }),
	inHello("an unknown application", func() []byte { return named("application_1700000000000_0009") }),
	inHello("dots in the application's name", func() []byte { return named("../" + bobApp) }),
	inHello("an absolute path as the application's name", func() []byte { return named("/etc") }),
	inHello("an end of string in the application's name", func() []byte { return named(bobApp + "\x00x") }),
	inHello("an application's name of 65,535 bytes", func() []byte { return named(strings.Repeat("1", 65535)) }),
	inHello("a wrong version", func() []byte { return slices.Concat([]byte("WFHS\x63\x00"), newHello(bobApp)[6:]) }),
	{"a frame of 2 GB before authentication", func(t *testing.T, n *node) []byte {
		conn := n.dial(t)
		conn.Write(slices.Concat([]byte("\x7f\xff\xff\xff"), make([]byte, 508)))
		for range 2048 { // a megabyte each; the server has hung up long before
			if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
				return nil
			}
		}
		t.Error("the server read 2 GB")
		return nil
	}},
	{"another application with one's own secret", func(t *testing.T, n *node) []byte {
		conn := n.dial(t)
		if err := Prove(t.Context(), conn, bobApp, secretOfTest(malloryApp)); !errors.Is(err, ErrProof) {
			t.Errorf("proved: %v", err)
		}
		return says(conn, first.encode())
	}},
	{"a replayed handshake", func(t *testing.T, n *node) []byte {
		var said bytes.Buffer
		bob := n.dial(t)
		if err := prove(&recorder{bob, &said}, bobApp, secretOfTest(bobApp)); err != nil {
			t.Fatal(err)
		}
		return says(n.dial(t), said.Bytes(), first.encode())
	}},
	{"a reflected proof", func(t *testing.T, n *node) []byte {
		conn := n.dial(t)
		conn.Write(newHello(bobApp))
		var reply [nonceSize + proofSize]byte
		if _, err := io.ReadFull(conn, reply[:]); err != nil {
			t.Fatal(err)
		}
		return says(conn, reply[nonceSize:], first.encode())
	}},
	{"a proof that never ends, 200 times", func(t *testing.T, n *node) []byte {
		for range 200 {
			n.dial(t).Write([]byte("W"))
		}
		return nil
	}},
	// On disk, in directories that are Mallory's own.
	onDisk("a symbolic link to another's data", func(t *testing.T, n *node) {
		swap(t, n.own(data0), linkTo(n.bobs(data0)))
	}),
	onDisk("a relative symbolic link to another's data", func(t *testing.T, n *node) {
		swap(t, n.own(data0), linkTo("../../../../../bob/appcache/"+bobApp+"/weft-shuffle/"+data0))
	}),
	onDisk("symbolic links to another's data and index", func(t *testing.T, n *node) {
		swap(t, n.own(data0), linkTo(n.bobs(data0)))
		swap(t, n.own(index0), linkTo(n.bobs(index0)))
	}),
	onDisk("hard links to another's data and index", func(t *testing.T, n *node) {
		swap(t, n.own(data0), hardLinkTo(n.bobs(data0)))
		swap(t, n.own(index0), hardLinkTo(n.bobs(index0)))
	}),
	onDisk("a symbolic link within the application", func(t *testing.T, n *node) {
		swap(t, n.own(data0), linkTo("m1-a0.data"))
	}),
	onDisk("a shuffle that is a link", func(t *testing.T, n *node) {
		swap(t, n.own("0"), linkTo(n.bobs("0")))
	}),
	onDisk("the shuffle folder as a link", func(t *testing.T, n *node) {
		swap(t, n.own(""), linkTo(n.bobs("")))
	}),
	onDisk("the application's directory as a link", func(t *testing.T, n *node) {
		swap(t, n.appPath("mallory", malloryApp), linkTo("../../bob/appcache/"+bobApp))
	}),
	onDisk("the cache of applications as a link", func(t *testing.T, n *node) {
		swap(t, n.appPath("mallory", malloryApp), func(p string) error { return os.Mkdir(p, 0o750) })
		if err := os.Rename(n.appPath("bob", bobApp), n.appPath("bob", malloryApp)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(malloryApp, n.appPath("bob", bobApp)); err != nil {
			t.Fatal(err)
		}
		swap(t, filepath.Dir(n.appPath("mallory", malloryApp)), linkTo("../bob/appcache"))
	}),
	onDisk("a fifo", func(t *testing.T, n *node) {
		swap(t, n.own(data0), func(path string) error { return syscall.Mkfifo(path, 0o600) })
	}),
	onDisk("a device", func(t *testing.T, n *node) { swap(t, n.own(data0), linkTo("/dev/zero")) }),
	onDisk("a socket", func(t *testing.T, n *node) {
		swap(t, n.own(data0), func(path string) error {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			defer syscall.Close(fd)
			t.Chdir(filepath.Dir(path)) // the whole path is too long for an address
			return syscall.Bind(fd, &syscall.SockaddrUnix{Name: filepath.Base(path)})
		})
	}),
	onDisk("a directory", func(t *testing.T, n *node) {
		swap(t, n.own(data0), func(path string) error { return os.Mkdir(path, 0o750) })
	}),
	onDisk("a file that others may write", func(t *testing.T, n *node) {
		if err := os.Chmod(n.own(data0), 0o666); err != nil {
			t.Fatal(err)
		}
	}),
	{"links swapped in during open", func(t *testing.T, n *node) []byte {
		var stop atomic.Bool
		var swapper sync.WaitGroup
		swapper.Go(func() {
			path, other := n.own(data0), n.own(data0)+".x"
			for !stop.Load() {
				os.Symlink(n.bobs(data0), other)
				os.Rename(other, path)
				os.Link(n.own("1"), other)
				os.Remove(other)
				os.Link(n.bobs(data0), other)
				os.Rename(other, path)
			}
		})
		var got []byte
		for range 100 {
			got = append(got, n.asks(t, first)...)
		}
		stop.Store(true)
		swapper.Wait()
		os.Remove(n.own(data0))
		os.Remove(n.own(data0) + ".x")
		return got
	}},
	onDisk("directories swapped during open", func(t *testing.T, n *node) {
		dir := n.appPath("mallory", malloryApp)
		if err := os.Rename(dir, dir+".x"); err != nil {
			t.Fatal(err)
		}
		var stop atomic.Bool
		var swapper sync.WaitGroup
		swapper.Go(func() {
			for !stop.Load() {
				os.Symlink("../../bob/appcache/"+bobApp, dir)
				os.Remove(dir)
				os.Rename(dir+".x", dir)
				os.Rename(dir, dir+".x")
			}
		})
		for range 300 { // each with a walk of its own
			app := n.files.App([]string{n.disk}, "mallory", malloryApp)
			f, err := app.OpenOutput(t.Context(), OutputID{})
			if err == nil {
				got, _ := io.ReadAll(f.data)
				if bytes.Contains(got, []byte(bobsRow)) {
					t.Error("Bob's row came through")
				}
				f.Close()
			}
			app.Close()
		}
		stop.Store(true)
		swapper.Wait()
	}),
	// An index that lies, with checksums that hold.
	onDisk("an offset beyond the file", func(t *testing.T, n *node) {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[0].offset = 1 << 40 })
	}),
	onDisk("a length beyond the file", func(t *testing.T, n *node) {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[0].Bytes = 1 << 40 })
	}),
	onDisk("an offset and a length whose sum overflows", func(t *testing.T, n *node) {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[0].offset, e[0].Bytes = 1, 1<<63-1 })
	}),
	onDisk("a negative offset", func(t *testing.T, n *node) {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[0].offset = -4096 })
	}),
	onDisk("a negative length", func(t *testing.T, n *node) {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[0].Bytes = -1 })
	}),
	{"blocks that overlap", func(t *testing.T, n *node) []byte {
		n.forge(t, func(_ *indexHeader, e []indexEntry) { e[1].offset = 0 })
		return n.asks(t, outputs(item{count: 2}))
	}},
	onDisk("more partitions than the index has", func(t *testing.T, n *node) {
		n.forge(t, func(h *indexHeader, _ []indexEntry) { h.partitions = MaxPartitions })
	}),
	onDisk("a data file longer than it is", func(t *testing.T, n *node) {
		n.forge(t, func(h *indexHeader, _ []indexEntry) { h.dataBytes = 1 << 40 })
	}),
	onDisk("an index of another output", func(t *testing.T, n *node) {
		n.forge(t, func(h *indexHeader, _ []indexEntry) { h.Map = 7 })
	}),
	onDisk("an index cut off", func(t *testing.T, n *node) {
		if err := os.Truncate(n.own(index0), 70); err != nil {
			t.Fatal(err)
		}
	}),
	onDisk("an empty index", func(t *testing.T, n *node) {
		if err := os.Truncate(n.own(index0), 0); err != nil {
			t.Fatal(err)
		}
	}),
	onDisk("data cut off", func(t *testing.T, n *node) {
		if err := os.Truncate(n.own(data0), 3); err != nil {
			t.Fatal(err)
		}
	}),
	{"data cut off while they are open", func(t *testing.T, n *node) []byte {
		large := outputs(item{mapID: 1, count: 1})
		if got := n.asks(t, large); len(got) < 3_000_000 {
			t.Errorf("only %d bytes of %d", len(got), 3_000_000)
		}
		if err := os.Truncate(n.own("0/m1-a0.data"), 1000); err != nil {
			t.Fatal(err)
		}
		if got := n.asks(t, large); len(got) > 1100 {
			t.Errorf("%d bytes of a file of 1000", len(got))
		}
		return nil
	}},
	// In a request, after a proof of one's own.
	inRequest("another application's shuffle", request{kind: kindOutput, shuffle: 5,
		items: []item{{count: 1}}}),
	inRequest("65,537 blocks", outputs(item{count: maxBlocks}, item{count: 1})),
	inRequest("65,537 blocks of one output", outputs(item{count: maxBlocks + 1})),
	inRequest("65,536 blocks of an output that has two", outputs(item{count: maxBlocks})),
	inRequest("zero blocks", outputs(item{count: 0})),
	inRequest("zero items", outputs()),
	inRequest("4,097 items", outputs(slices.Repeat([]item{{count: 1}}, maxItems+1)...)),
	inRequest("partitions that overflow", outputs(item{first: 1<<32 - 1, count: 1<<32 - 1})),
	inRequest("a cached block", request{kind: kindCached, items: []item{{count: 1}}}),
	inRequest("an unknown kind", request{kind: 77, items: []item{{count: 1}}}),
	{"a request whose length lies", func(t *testing.T, n *node) []byte {
		conn := n.dial(t)
		if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
			t.Fatal(err)
		}
		b := first.encode()
		binary.LittleEndian.PutUint32(b[8:], 1<<31)
		seal(b, requestSize)
		return says(conn, b)
	}},
	{"a request with a bit flipped", func(t *testing.T, n *node) []byte {
		conn := n.dial(t)
		if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
			t.Fatal(err)
		}
		b := first.encode()
		b[30] ^= 4
		return says(conn, b)
	}},
}

// No attack gets a byte of Bob's, and after it the server serves Bob as before.
func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			n := newNode(t, ServerConfig{Unproved: 16})
			before, err := n.honest(bobApp)
			if err != nil || len(before) != 3001 {
				t.Fatalf("Bob's %d rows: %v", len(before), err)
			}
			got := a.do(t, n)
			if bytes.Contains(got, []byte("bob")) {
				t.Errorf("Bob's row came through: %.300q", got)
			}
			if i := bytes.Index(got, []byte(ownRow)); i >= 0 && len(got) < 4096 {
				t.Errorf("the attack was served: %.300q", got)
			}
			after, err := n.honest(bobApp)
			if err != nil || len(after) != len(before) {
				t.Errorf("Bob's %d rows afterwards: %v", len(after), err)
			}
		})
	}
	if len(attacks) < 30 {
		t.Errorf("%d attacks", len(attacks))
	}
}

// The same requests without an attack are served: the attacks fail for what they are.
func TestNotAnAttack(t *testing.T) {
	n := newNode(t, ServerConfig{})
	if got := n.asks(t, first); !bytes.Contains(got, []byte(ownRow)) {
		t.Errorf("got %q", got)
	}
	n.forge(t, func(*indexHeader, []indexEntry) {})
	if got := n.asks(t, outputs(item{count: 2})); bytes.Count(got, []byte(ownRow)) != 2 {
		t.Errorf("got %q", got)
	}
}

// A file or directory that is not the application's user's is not served.
func TestOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if err := ownedBy(info, owner); err != nil {
		t.Error(err)
	}
	if err := ownedBy(info, owner+1); !errors.Is(err, os.ErrPermission) {
		t.Errorf("another's file: %v", err)
	}
	for _, user := range []string{"", ".", "..", "a/b", "/", "a\x00", "a\\b", strings.Repeat("a", 256)} {
		if CheckUser(user) == nil {
			t.Errorf("user %q", fmt.Sprint(user))
		}
	}
}
