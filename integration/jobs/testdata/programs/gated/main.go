// Command gated sums numbers in two stages, and stops in the middle of the first.
//
//	gated DIR PARTITIONS OUT
//
// DIR is local and holds a named pipe, gate. Each map task leaves a file DIR/map-PARTITION-ATTEMPT-HOST with the id of its
// process; those of odd partitions then wait until the gate has a writer. OUT gets a line "remainder TAB sum" for each
// remainder of division by 10 of the numbers below 1000 × PARTITIONS.
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
		return func(first int64, emit func(number)) {
			for n := first; n < first+share; n++ {
				emit(weft.KV(n%10, n))
			}
			pass(t, dir)
		}, nil
	})
	sum = weft.ReduceByKey[int64](func(a, b int64) int64 { return a + b })
)

// pass says that the task got here, and lets it on when the gate is open.
func pass(t *weft.Task, dir string) {
	host, err := os.Hostname()
	if err == nil {
		name := fmt.Sprintf("map-%d-%d-%s", t.Partition(), t.Attempt(), host)
		err = os.WriteFile(filepath.Join(dir, name), []byte(strconv.Itoa(os.Getpid())), 0o666)
	}
	if err == nil && t.Partition()%2 == 1 {
		var gate *os.File
		if gate, err = os.Open(filepath.Join(dir, "gate")); err == nil { // waits for a writer
			err = gate.Close()
		}
	}
	if err != nil {
		panic(err)
	}
}

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 3 {
		return weft.Usage("gated DIR PARTITIONS OUT")
	}
	partitions, err := strconv.Atoi(s.Args()[1])
	if err != nil {
		return weft.Usage("gated DIR PARTITIONS OUT; PARTITIONS is %q", s.Args()[1])
	}
	firsts := make([]int64, partitions)
	for i := range firsts {
		firsts[i] = int64(i) * share
	}
	numbers := spread.On(weft.Parallelize(s, firsts, partitions), s.Args()[0])
	return sum.On(numbers, weft.Partitions(2)).SaveAsText(ctx, s.Args()[2])
}
