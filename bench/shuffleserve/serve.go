package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/auxservice"
)

// serve measures one shape.
func (b benchmark) serve(ctx context.Context, s shape) error {
	dir, err := os.MkdirTemp("", "shuffleserve")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory of a benchmark
	if err := s.write(dir); err != nil {
		return err
	}
	server, err := startServer(ctx, b.program, dir, &auxservice.ConfigureRequest{
		LocalDirs: []string{dir}, Host: "127.0.0.1",
	})
	if err != nil {
		return err
	}
	defer server.stop()
	if _, err := b.load(ctx, server, s, time.Second); err != nil { // the warm-up
		return err
	}
	before, err := server.cpu()
	if err != nil {
		return err
	}
	began := time.Now()
	bytes, err := b.load(ctx, server, s, b.seconds)
	if err != nil {
		return err
	}
	wall := time.Since(began)
	after, err := server.cpu()
	if err != nil {
		return err
	}
	cpu := (after - before).Seconds()
	fmt.Printf("weft block=%d maps=%d reduces=%d flight=%d GB/CPU-s=%.3f GB/s=%.3f us/block=%.2f "+
		"seconds=%.1f\n", s.block, s.maps, s.reduces, b.flight, float64(bytes)/cpu/1e9,
		float64(bytes)/wall.Seconds()/1e9, cpu*1e6/(float64(bytes)/float64(s.block)), wall.Seconds())
	return nil
}

// load keeps requests in flight for some time and returns how many bytes of blocks came.
func (b benchmark) load(ctx context.Context, s *server, of shape, d time.Duration) (int64, error) {
	group, ctx := errgroup.WithContext(ctx)
	end := time.Now().Add(d)
	var bytes atomic.Int64
	for i := range b.flight {
		group.Go(func() error {
			conn, err := s.dial(ctx, i)
			if err != nil {
				return err
			}
			defer conn.Close()
			in, buf := bufio.NewReaderSize(conn, 256<<10), make([]byte, 1<<20)
			for r := i; time.Now().Before(end); r += b.flight {
				if _, err := conn.Write(request(of.maps, r%of.reduces)); err != nil {
					return err
				}
				for range of.maps {
					n, err := drop(in, buf)
					if err != nil {
						return err
					}
					bytes.Add(n)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return bytes.Load(), err
}
