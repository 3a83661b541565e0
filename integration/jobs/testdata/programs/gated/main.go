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
	"path/filepath"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/integration/jobs/testdata/programs/held"
)

var spread = weft.FlatMapWith(func(t *weft.Task, dir string) (func(int64, func(held.Number)), error) {
	return func(first int64, emit func(held.Number)) {
		held.Emit(first, emit)
		if err := pass(t, dir); err != nil {
			panic(err)
		}
	}, nil
})

// pass says that the task got here, and lets it on when the gate is open.
func pass(t *weft.Task, dir string) error {
	err := held.Mark(t, dir)
	if err != nil || t.Partition()%2 == 0 {
		return err
	}
	return held.Pass(filepath.Join(dir, "gate"))
}

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	dir, partitions, out, err := held.Arguments("gated", s.Args())
	if err != nil {
		return err
	}
	numbers := spread.On(weft.Parallelize(s, held.Shares(partitions), partitions), dir)
	return held.Sum.On(numbers, weft.Partitions(2)).SaveAsText(ctx, out)
}
