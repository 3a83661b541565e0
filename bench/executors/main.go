// Command executors measures how long a YARN cluster and weft take from asking for executors to all
// of them running.
//
//	executors [-n 20] [-executors 8] [-pi bin/examples/pi]
//
// Each of n runs is an application of its own in client mode, on the cluster that HADOOP_CONF_DIR
// names. The clock starts when all executors are asked for at once, and stops when the last of them
// has connected and proved to belong to the application: its container is then RUNNING, and so is
// its program. Before each run it waits a random part of a second, so that no run meets the nodes'
// heartbeats in a chosen phase. A first run, which does not count, puts the program into the nodes'
// caches. Standard output gets a line for each run and then mean, median, 95th percentile and
// maximum.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"time"
)

type benchmark struct {
	n, executors int
	pi           string
}

func main() {
	var b benchmark
	flag.IntVar(&b.n, "n", 20, "runs")
	flag.IntVar(&b.executors, "executors", 8, "executors of a run")
	flag.StringVar(&b.pi, "pi", "bin/examples/pi", "a program of weft's")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.measure(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "executors:", err)
		os.Exit(1)
	}
}

// measure prints the runs and their summary.
func (b benchmark) measure(ctx context.Context) error {
	if _, err := b.run(ctx); err != nil {
		return fmt.Errorf("first run: %w", err)
	}
	var times []time.Duration
	for i := range b.n {
		select {
		case <-time.After(rand.N(time.Second)):
		case <-ctx.Done():
			return ctx.Err()
		}
		took, err := b.run(ctx)
		if err != nil {
			return fmt.Errorf("run %d: %w", i+1, err)
		}
		times = append(times, took)
		fmt.Printf("run %d: %d executors run after %d ms\n", i+1, b.executors, took.Milliseconds())
	}
	fmt.Printf("%d executors run: %s\n", b.executors, summary(times))
	return nil
}

// summary is mean, median, 95th percentile and maximum in milliseconds.
func summary(times []time.Duration) string {
	slices.Sort(times)
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	n := len(times)
	return fmt.Sprintf("mean %d ms, median %d ms, p95 %d ms, max %d ms (n=%d)",
		sum.Milliseconds()/int64(n), times[n/2].Milliseconds(),
		times[(n*95+99)/100-1].Milliseconds(), times[n-1].Milliseconds(), n)
}
