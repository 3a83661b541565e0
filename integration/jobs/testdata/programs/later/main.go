// Command later sums numbers, and reads the same map outputs again when it is told to.
//
//	later DIR PARTITIONS OUT
//
// DIR is local and holds a named pipe, gate. Each map task leaves a file DIR/map-PARTITION-ATTEMPT with the id of its
// process. After the first job there is a file DIR/counted, and the second begins when the gate has a writer. It writes to
// OUT a line "remainder TAB sum" for each remainder of division by 10 of the numbers below 1000 × PARTITIONS.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/weft-data/weft"
)

const share = 1000 // numbers in a partition

type number = weft.Pair[int64, int64]

var (
	spread = weft.FlatMapWith(func(t *weft.Task, dir string) (func(int64, func(number)), error) {
		name := fmt.Sprintf("map-%d-%d", t.Partition(), t.Attempt())
		err := os.WriteFile(filepath.Join(dir, name), []byte(strconv.Itoa(os.Getpid())), 0o666)
		return func(first int64, emit func(number)) {
			for n := first; n < first+share; n++ {
				emit(weft.KV(n%10, n))
			}
		}, err
	})
	sum = weft.ReduceByKey[int64](func(a, b int64) int64 { return a + b })
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 3 {
		return weft.Usage("later DIR PARTITIONS OUT")
	}
	dir := s.Args()[0]
	partitions, err := strconv.Atoi(s.Args()[1])
	if err != nil {
		return weft.Usage("later DIR PARTITIONS OUT; PARTITIONS is %q", s.Args()[1])
	}
	firsts := make([]int64, partitions)
	for i := range firsts {
		firsts[i] = int64(i) * share
	}
	sums := sum.On(spread.On(weft.Parallelize(s, firsts, partitions), dir), weft.Partitions(2))
	if _, err := sums.Count(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "counted"), nil, 0o666); err != nil {
		return err
	}
	gate, err := os.Open(filepath.Join(dir, "gate")) // waits for a writer
	if err != nil {
		return err
	}
	if err := gate.Close(); err != nil {
		return err
	}
	return sums.SaveAsText(ctx, s.Args()[2])
}
