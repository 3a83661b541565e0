package namenode_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/rmclient/namenode"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func connect(t *testing.T, addresses ...string) *namenode.Client {
	t.Helper()
	c, err := namenode.New(namenode.Config{Addresses: addresses, User: "tester",
		RetryBase: time.Millisecond, RetryFor: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestBlockLocations(t *testing.T) {
	cluster := rmtest.Start(t, rmtest.Options{})
	cluster.AddFile(rmtest.File{Path: "/in", Size: 250, BlockSize: 100,
		Hosts: [][]string{{"a", "b"}, {"b"}, {"c"}}})
	cluster.AddFile(rmtest.File{Path: "/empty"})
	c := connect(t, cluster.NameNode())
	for _, test := range []struct {
		path           string
		offset, length int64
		want           []namenode.Block
	}{
		{"/in", 0, 1 << 40, []namenode.Block{{Offset: 0, Length: 100, Hosts: []string{"a", "b"}},
			{Offset: 100, Length: 100, Hosts: []string{"b"}}, {Offset: 200, Length: 50, Hosts: []string{"c"}}}},
		{"/in", 150, 10, []namenode.Block{{Offset: 100, Length: 100, Hosts: []string{"b"}}}},
		{"/in", 250, 10, nil},
		{"/empty", 0, 10, nil},
	} {
		got, err := c.BlockLocations(t.Context(), test.path, test.offset, test.length)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s %d+%d: %v\n%s", test.path, test.offset, test.length, err, diff)
		}
	}
	if _, err := c.BlockLocations(t.Context(), "/none", 0, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v, want ErrNotExist", err)
	}
	if _, err := c.BlockLocations(t.Context(), "/in", -1, 1); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("negative offset: %v, want ErrInvalid", err)
	}
}

func TestRenameNeverOverwrites(t *testing.T) {
	cluster := rmtest.Start(t, rmtest.Options{})
	cluster.AddFile(rmtest.File{Path: "/a"})
	cluster.AddFile(rmtest.File{Path: "/b"})
	c := connect(t, cluster.NameNode())
	if err := c.Rename(t.Context(), "/a", "/b"); !errors.Is(err, os.ErrExist) {
		t.Errorf("onto an existing file: %v, want ErrExist", err)
	}
	if err := c.Rename(t.Context(), "/none", "/c"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a missing file: %v, want ErrNotExist", err)
	}
	cluster.LoseNameNodeAnswer() // the call comes again, and is remembered
	if err := c.Rename(t.Context(), "/a", "/c"); err != nil {
		t.Error(err)
	}
	if err := c.Rename(t.Context(), "/a", "/d"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a second time: %v, want ErrNotExist", err)
	}
}

// A directory longer than one answer is listed whole.
func TestList(t *testing.T) {
	cluster := rmtest.Start(t, rmtest.Options{})
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprintf("part-%05d", i))
		cluster.AddFile(
			rmtest.File{Path: "/out/" + want[i], Size: int64(i), Hosts: [][]string{{"a"}}},
		)
	}
	c := connect(t, cluster.NameNode())
	entries, err := c.List(t.Context(), "/out")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := entries[9]; last.Size != 9 || last.Dir || last.Blocks[0].Hosts[0] != "a" {
		t.Errorf("last entry %+v", last)
	}
	if _, err := c.List(t.Context(), "/none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing directory: %v, want ErrNotExist", err)
	}
}

// A dead NameNode is passed over; with all of them dead the error names them.
func TestDeadNameNode(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	l.Close()
	cluster := rmtest.Start(t, rmtest.Options{})
	cluster.AddFile(rmtest.File{Path: "/in", Size: 1})
	if _, err := connect(t, dead, cluster.NameNode()).BlockLocations(t.Context(), "/in", 0, 1); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := connect(t, dead).List(ctx, "/"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("context ended: %v", err)
	}
}
