// Command shuffleserve measures what it costs weft-shuffled to serve blocks from the page cache.
//
//	shuffleserve [-server bin/weft-shuffled] [-time 5s] [-flight 4] [MAPS,REDUCES,BLOCK ...]
//	shuffleserve -spark CLASSPATH [-pairs 4] [-time 2s] [MAPS,REDUCES,BLOCK ...]
//	shuffleserve -streams 20000 [-rounds 3]
//
// Without arguments it measures blocks of 4 KB, 64 KB and 16 MB, in the shapes of
// bench/sparkshuffle, its peer: each request asks for one reduce partition of all map outputs, and
// so many requests are in flight. What counts is the CPU time of the server's process alone; the
// client reads and drops. One line for each measurement:
//
//	weft block=4096 maps=32 reduces=4096 flight=4 GB/CPU-s=1.234 GB/s=1.0 us/block=3.3 seconds=5.0
//
// With -spark and the class path of bench/sparkshuffle both services run beside each other and are
// measured in turns, weft, Spark, Spark, weft; the last line of a shape has the medians' ratio.
//
// With -streams so many connections, from several loopback addresses, prove their secret, then ask
// all at once, each for the same blocks, and again in each round. One line tells failures, the time
// to the first byte, and the server's peak resident memory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

type benchmark struct {
	program string
	seconds time.Duration
	flight  int
	streams int
	rounds  int
	spark   string
	pairs   int
}

func main() {
	var b benchmark
	flag.StringVar(&b.program, "server", "bin/weft-shuffled", "the program weft-shuffled")
	flag.DurationVar(&b.seconds, "time", 5*time.Second, "time of each measurement")
	flag.IntVar(&b.flight, "flight", 4, "requests in flight")
	flag.IntVar(&b.streams, "streams", 0, "connections that ask all at once, instead of the rest")
	flag.IntVar(&b.rounds, "rounds", 3, "requests of each of them")
	flag.StringVar(&b.spark, "spark", "", "class path of bench/sparkshuffle: measure both in turns")
	flag.IntVar(&b.pairs, "pairs", 4, "measurements of each, with -spark")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "shuffleserve:", err)
		os.Exit(1)
	}
}

func (b benchmark) run(ctx context.Context, args []string) error {
	if b.streams > 0 {
		return b.stream(ctx)
	}
	if len(args) == 0 {
		args = []string{"32,4096,4096", "32,256,65536", "32,1,16777216"}
	}
	measure := b.serve
	if b.spark != "" {
		measure = b.compare
	}
	for _, arg := range args {
		var s shape
		if _, err := fmt.Sscanf(arg, "%d,%d,%d", &s.maps, &s.reduces, &s.block); err != nil {
			return fmt.Errorf("%q is not MAPS,REDUCES,BLOCK: %w", arg, err)
		}
		if err := measure(ctx, s); err != nil {
			return fmt.Errorf("blocks of %d bytes: %w", s.block, err)
		}
	}
	return nil
}
