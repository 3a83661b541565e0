package shuffle

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// An application that asks a thousand times waits behind one that asks once.
func TestApplicationsTakeTurns(t *testing.T) {
	t.Parallel()
	turns := &turnstile{}
	turns.mu.free = []*sendBuffer{newSendBuffer(1)}
	greedy, modest := &tenant{app: "greedy"}, &tenant{app: "modest"}
	held := turns.enter(greedy)
	got := make(chan string)
	wait := func(who *tenant, n int) {
		for range n {
			go func() {
				b := turns.enter(who)
				got <- who.app
				turns.leave(b)
			}()
		}
		for queued := 0; queued < n; {
			turns.mu.Lock()
			queued = len(who.queue.waiting)
			turns.mu.Unlock()
		}
	}
	wait(greedy, 3)
	wait(modest, 2)
	turns.leave(held)
	var order []string
	for range 5 {
		order = append(order, <-got)
	}
	want := []string{"greedy", "modest", "greedy", "modest", "greedy"}
	if !slices.Equal(order, want) {
		t.Errorf("turns went to %v, want %v", order, want)
	}
}

// One application gets half of the room; the other half is there for the next.
func TestRoomIsShared(t *testing.T) {
	t.Parallel()
	r := newRoom(100)
	var one, other int64
	ctx, cancel := context.WithCancel(t.Context())
	if err := r.take(ctx, &one, 50); err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() { waited <- r.take(ctx, &one, 1) }()
	if err := r.take(ctx, &other, 25); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("more than half was given: %v", err)
	}
	go func() { waited <- r.take(t.Context(), &one, 50) }()
	r.give(&one, 50)
	if err := <-waited; err != nil || one != 50 || other != 25 {
		t.Errorf("one has %d, the other %d: %v", one, other, err)
	}
}

// An application that has its share of connections is told to come later, and can when one of
// them has gone; others come as before.
func TestShareOfConnections(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{Share: 2})
	prove := func(app string) (net.Conn, error) {
		conn := n.dial(t)
		return conn, Prove(t.Context(), conn, app, secretOfTest(app))
	}
	kept, err := prove(malloryApp)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := prove(malloryApp); err != nil {
		t.Fatal(err)
	}
	if _, err := prove(malloryApp); !errors.Is(err, ErrBusy) {
		t.Errorf("a third connection: %v", err)
	}
	if _, err := prove(bobApp); err != nil {
		t.Errorf("another application: %v", err)
	}
	kept.Close()
	for err = ErrBusy; errors.Is(err, ErrBusy); { // until the server has noticed
		_, err = prove(malloryApp)
	}
	if err != nil {
		t.Error(err)
	}
}

// Who keeps connections without using them makes room for who comes.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{Conns: 4})
	for range 20 {
		conn := n.dial(t)
		if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
			t.Fatal(err)
		}
	}
	if rows, err := n.honest(bobApp); err != nil || len(rows) != 3001 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}

// Hundreds of clients that ask for much and take nothing keep no buffer, and the one who reads
// is served.
func TestSlowClientsHoldNoTurn(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{})
	large := outputs(slices.Repeat([]item{{mapID: 1, count: 1}, {count: 1}}, 20)...)
	for range 200 {
		conn := n.dial(t)
		if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(large.encode()); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if rows, err := n.honest(bobApp); err != nil || len(rows) != 3001 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
	}
}

// A client that takes what it asked for in small pieces, whatever the socket's buffers, gets
// what it would get at once.
func TestAnswerInPieces(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{Listener: newNarrow(t)})
	items := slices.Repeat([]item{{count: 2}, {mapID: 1, count: 1}, {mapID: 9, count: 1}}, 2)
	items = append(items, slices.Repeat([]item{{count: 1}}, 2000)...)
	want := n.asks(t, outputs(items...))
	conn, err := dialNarrow(t.Context(), n.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := Prove(t.Context(), conn, malloryApp, secretOfTest(malloryApp)); err != nil {
		t.Fatal(err)
	}
	conn.Write(outputs(items...).encode())
	conn.(*net.TCPConn).CloseWrite()
	var got []byte
	piece := make([]byte, 8191)
	for {
		k, err := io.ReadFull(conn, piece)
		got = append(got, piece[:k]...)
		if err != nil {
			break
		}
	}
	if !slices.Equal(got, want) || len(got) < 6_000_000 {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

// Files that were removed are noticed, and long unused ones closed.
func TestFilesKept(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{})
	if _, err := n.honest(bobApp); err != nil || n.files.Open() != 2 {
		t.Fatalf("%d open files: %v", n.files.Open(), err)
	}
	app, id := n.apps[bobApp], OutputID{}
	swap(t, n.bobs(data0), func(string) error { return nil })
	if f := app.kept(id, time.Now().Add(2*trust)); f != nil {
		t.Error("a removed file is still served")
	}
	if _, err := app.OpenOutput(t.Context(), id); err == nil {
		t.Error("a removed file was opened")
	}
	n.files.Sweep(time.Now())
	if n.files.Open() != 1 {
		t.Errorf("%d open files after the removal", n.files.Open())
	}
	n.files.Sweep(time.Now().Add(2 * idleFile))
	if n.files.Open() != 0 {
		t.Errorf("%d open files after a long time", n.files.Open())
	}
}

// The application with the most open files gives first; nobody's use is disturbed.
func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	n := newNode(t, ServerConfig{})
	dir := n.appPath("mallory", malloryApp)
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for m := range 30 {
		writeOutput(t, WriterConfig{Store: s, Map: MapID(m), Attempt: 1, Partitions: 1},
			[]rec{{0, "k", ownRow}})
	}
	if _, err := n.honest(bobApp); err != nil {
		t.Fatal(err)
	}
	first, err := n.apps[malloryApp].OpenOutput(t.Context(), OutputID{Attempt: 1})
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for m := range 30 {
		readers.Go(func() {
			f, err := n.apps[malloryApp].OpenOutput(t.Context(), OutputID{Map: MapID(m), Attempt: 1})
			if err != nil {
				t.Error(err)
				return
			}
			f.Close()
		})
	}
	readers.Wait()
	if n.files.Open() != 8 || n.apps[bobApp].used.Len() != 2 {
		t.Errorf("%d open files, %d of Bob's", n.files.Open(), n.apps[bobApp].used.Len())
	}
	if _, err := first.entries(0, 1); err != nil {
		t.Errorf("a file in use was closed: %v", err)
	}
	if _, err := first.data.Stat(); err != nil {
		t.Errorf("a file in use was closed: %v", err)
	}
	first.Close()
}
