// Command later sums numbers, and reads the same map outputs again when it is told to.
//
//	later DIR PARTITIONS OUT
//
// DIR is local and holds a named pipe, gate. Each map task leaves a file DIR/map-PARTITION-ATTEMPT-HOST with the id of its
// process. After the first job there is a file DIR/counted, and the second begins when the gate has a writer. It writes to
// OUT a line "remainder TAB sum" for each remainder of division by 10 of the numbers below 1000 × PARTITIONS.
package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/integration/jobs/testdata/programs/held"
)

var spread = weft.FlatMapWith(func(t *weft.Task, dir string) (func(int64, func(held.Number)), error) {
	return held.Emit, held.Mark(t, dir)
})

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	dir, partitions, out, err := held.Arguments("later", s.Args())
	if err != nil {
		return err
	}
	numbers := spread.On(weft.Parallelize(s, held.Shares(partitions), partitions), dir)
	sums := held.Sum.On(numbers, weft.Partitions(2))
	if _, err := sums.Count(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "counted"), nil, 0o666); err != nil {
		return err
	}
	if err := held.Pass(filepath.Join(dir, "gate")); err != nil {
		return err
	}
	return sums.SaveAsText(ctx, out)
}
