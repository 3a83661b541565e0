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
	dir, server, err := b.prepare(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory of a benchmark
	defer server.Stop()
	_, err = b.measure(ctx, server, s)
	return err
}

// prepare writes map outputs into a new directory and starts a server, which is warm then.
func (b benchmark) prepare(ctx context.Context, s shape) (dir string, _ *server, err error) {
	dir, err = os.MkdirTemp("", "shuffleserve")
	if err != nil {
		return "", nil, err
	}
	server, err := b.startWarm(ctx, dir, s)
	if err != nil {
		_ = os.RemoveAll(dir) // a temporary directory of a benchmark
		return "", nil, err
	}
	return dir, server, nil
}

func (b benchmark) startWarm(ctx context.Context, dir string, s shape) (*server, error) {
	if err := s.write(dir); err != nil {
		return nil, err
	}
	server, err := startServer(ctx, b.program, dir, &auxservice.ConfigureRequest{
		LocalDirs: []string{dir}, Host: "127.0.0.1",
	})
	if err != nil {
		return nil, err
	}
	if _, err := b.load(ctx, server, s, time.Second); err != nil {
		server.Stop()
		return nil, err
	}
	return server, nil
}

// measure loads a warm server for some time, and prints and returns what its CPU time gave.
func (b benchmark) measure(ctx context.Context, server *server, s shape) (
	gbPerCPU float64, err error,
) {
	before, err := server.cpu()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	bytes, err := b.load(ctx, server, s, b.seconds)
	if err != nil {
		return 0, err
	}
	wall := time.Since(began)
	after, err := server.cpu()
	if err != nil {
		return 0, err
	}
	cpu := (after - before).Seconds()
	gbPerCPU = float64(bytes) / cpu / 1e9
	fmt.Printf("weft block=%d maps=%d reduces=%d flight=%d GB/CPU-s=%.3f GB/s=%.3f us/block=%.2f "+
		"seconds=%.1f\n", s.block, s.maps, s.reduces, b.flight, gbPerCPU,
		float64(bytes)/wall.Seconds()/1e9, cpu*1e6/(float64(bytes)/float64(s.block)), wall.Seconds())
	return gbPerCPU, nil
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
			// Reads are as large as those of shuffle.Client: the size moves the cost of the
			// loopback interface between server and client.
			in, buf := bufio.NewReaderSize(conn, 64<<10), make([]byte, 64<<10)
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
