// Command shuffle measures what a shuffle costs, from no more than its numbers of map tasks and of
// reduces: the data is the same, the product of the two is the number of blocks it would be in if
// each map task wrote a file.
//
//	go build -o /tmp/shuffle ./bench/shuffle
//	WEFT_MASTER='local[2]' /tmp/shuffle -megabytes 1000 -sides 100,316,1000,3162,10000
//
// Each line is one job: records of 100 bytes with random keys go from as many map tasks as reduces,
// and are counted by the reduces.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/bench/internal/cpu"
)

// records makes the records of one map task: 98 bytes, which with their lengths take 100.
var records = weft.FlatMapWith(func(t *weft.Task, n int) (func(int, func(string)), error) {
	return func(seed int, emit func(string)) {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		var r [98]byte
		for range n {
			for i := 0; i < 16; i += 8 {
				binary.LittleEndian.PutUint64(r[i:], random.Uint64())
			}
			emit(string(r[:]))
		}
	}, nil
})

func main() { weft.Main(measure) }

func measure(ctx context.Context, s *weft.Session) (err error) {
	flags := flag.NewFlagSet("shuffle", flag.ContinueOnError)
	megabytes := flags.Int("megabytes", 1000, "data in one job")
	sides := flags.String("sides", "100,316,1000,3162,10000", "map tasks, and as many reduces")
	runs := flags.Int("runs", 1, "jobs of each size")
	profile := flags.String("cpuprofile", "", "file for the driver's CPU profile")
	if err := flags.Parse(s.Args()); err != nil {
		return weft.Usage("shuffle [-megabytes N] [-sides N,N…] [-runs N]: %v", err)
	}
	stop, err := cpu.Profile(*profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, text := range strings.Split(*sides, ",") {
		side, err := strconv.Atoi(text)
		if err != nil {
			return weft.Usage("-sides: %v", err)
		}
		for range *runs {
			if err := once(ctx, s, *megabytes, side); err != nil {
				return err
			}
		}
	}
	return nil
}

// once measures one job.
func once(ctx context.Context, s *weft.Session, megabytes, side int) error {
	seeds := make([]int, side)
	for i := range seeds {
		seeds[i] = i
	}
	each := megabytes * 10_000 / side
	in := records.On(weft.Parallelize(s, seeds, side), each)
	used, began := cpu.Tree(), time.Now()
	n, err := in.Repartition(side).Count(ctx)
	if err != nil {
		return err
	}
	if want := int64(each) * int64(side); n != want {
		return fmt.Errorf("%d records came out, %d went in", n, want)
	}
	took, spent := time.Since(began), cpu.Tree()-used
	data := float64(n) / 10_000
	fmt.Printf("%5d × %5d = %.0e blocks  %.0f MB  %6.2f s  %6.2f s CPU  %4.0f MB/s per core\n",
		side, side, float64(side)*float64(side), data, took.Seconds(), spent.Seconds(),
		data/spent.Seconds())
	return nil
}
