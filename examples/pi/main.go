// Command pi estimates π by throwing darts at a square and counting those inside the circle.
//
//	pi [PARTITIONS [DARTS]]
//
// DARTS are thrown in each partition, 10,000,000 by default.
package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"

	"github.com/weft-data/weft"
)

var (
	// A record is how many darts to throw; the partition's number seeds the throws, so that a run
	// can be repeated.
	inside = weft.MapPartitions(func(t *weft.Task, in iter.Seq[int64], emit func(int64)) error {
		random := rand.New(rand.NewPCG(uint64(t.Partition()), 2026))
		for darts := range in {
			emit(hits(random, darts))
		}
		return nil
	})
	sum = weft.Reduce(func(a, b int64) int64 { return a + b })
)

func hits(random *rand.Rand, darts int64) (n int64) {
	for range darts {
		x, y := random.Float64(), random.Float64()
		if x*x+y*y <= 1 {
			n++
		}
	}
	return n
}

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	numbers := []int64{int64(s.Slots()), 10_000_000}
	for i, arg := range s.Args() {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n < 1 || i >= len(numbers) || i == 0 && n > 1_000_000 {
			return weft.Usage("pi [PARTITIONS [DARTS]]; both are at least 1, PARTITIONS at most 1000000")
		}
		numbers[i] = n
	}
	partitions, darts := int(numbers[0]), numbers[1]
	work := make([]int64, partitions)
	for i := range work {
		work[i] = darts
	}
	n, err := sum.Run(ctx, inside.On(weft.Parallelize(s, work, partitions)))
	if err != nil {
		return err
	}
	fmt.Printf("π is about %.6f\n", 4*float64(n)/float64(darts*int64(partitions)))
	return nil
}
