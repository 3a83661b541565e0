package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/auxservice"
)

// stream measures many connections at once.
func (b benchmark) stream(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "shuffleserve")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory of a benchmark
	of := shape{maps: 32, reduces: 256, block: 4096}
	if err := of.write(dir); err != nil {
		return err
	}
	server, err := startServer(ctx, b.program, dir, &auxservice.ConfigureRequest{
		LocalDirs: []string{dir}, Host: "127.0.0.1", MaxConnections: int32(b.streams + 100),
	})
	if err != nil {
		return err
	}
	defer server.Stop()
	conns, err := b.connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
	}()
	return b.measureStreams(server, conns, of)
}

// measureStreams prints what the rounds cost.
func (b benchmark) measureStreams(server *server, conns []net.Conn, of shape) error {
	idle, err := server.peak()
	if err != nil {
		return err
	}
	before, _ := server.cpu()
	began := time.Now()
	failures, first := b.ask(conns, of)
	wall := time.Since(began)
	after, _ := server.cpu()
	peak, err := server.peak()
	if err != nil {
		return err
	}
	slices.Sort(first)
	at := func(q float64) float64 { return first[int(q*float64(len(first)-1))].Seconds() * 1e3 }
	fmt.Printf("weft streams=%d rounds=%d blocks=%d failures=%d first-byte-ms p50=%.1f p99=%.1f "+
		"max=%.1f rss-MB idle=%d peak=%d seconds=%.1f cpu-s=%.2f\n", b.streams, b.rounds,
		b.streams*b.rounds*of.maps, failures, at(0.5), at(0.99), at(1), idle>>20, peak>>20,
		wall.Seconds(), (after - before).Seconds())
	if failures > 0 {
		return fmt.Errorf("%d of %d requests failed", failures, b.streams*b.rounds)
	}
	return nil
}

// connect opens the connections, some at a time.
func (b benchmark) connect(ctx context.Context, s *server) ([]net.Conn, error) {
	conns := make([]net.Conn, b.streams)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(256)
	for i := range conns {
		group.Go(func() (err error) {
			conns[i], err = s.dial(ctx, i)
			return err
		})
	}
	return conns, group.Wait()
}

// ask has all connections ask at once, in every round, and returns how many requests failed and
// how long each waited for its first byte.
func (b benchmark) ask(conns []net.Conn, of shape) (failures int64, first []time.Duration) {
	var failed atomic.Int64
	first = make([]time.Duration, b.rounds*len(conns))
	for round := range b.rounds {
		gate := make(chan struct{})
		var streams sync.WaitGroup
		for i, conn := range conns {
			streams.Go(func() {
				<-gate
				d, err := once(conn, of, i+round)
				if err != nil {
					failed.Add(1)
				}
				first[round*len(conns)+i] = d
			})
		}
		close(gate)
		streams.Wait()
	}
	return failed.Load(), first
}

// once asks for a partition and reads it.
func once(conn net.Conn, of shape, n int) (first time.Duration, err error) {
	began := time.Now()
	if _, err := conn.Write(request(of.maps, n%of.reduces)); err != nil {
		return 0, err
	}
	in := &firstByte{Reader: conn}
	buf := make([]byte, 4<<10)
	for range of.maps {
		if _, err := drop(in, buf); err != nil {
			return 0, err
		}
	}
	return in.at.Sub(began), nil
}

// firstByte notes when something came first.
type firstByte struct {
	io.Reader
	at time.Time
}

func (f *firstByte) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if f.at.IsZero() {
		f.at = time.Now()
	}
	return n, err
}
