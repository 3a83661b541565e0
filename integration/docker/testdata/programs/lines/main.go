// Command lines writes lines, and stops in the middle of each file.
//
//	lines DIR PARTITIONS OUT
//
// DIR is local and holds a named pipe, gate. Each task writes half of its file, more than any buffer on the way to a
// DataNode holds, leaves a file DIR/half-PARTITION-ATTEMPT-HOST, and goes on when the gate has a writer. OUT gets the
// lines "PARTITION TAB LINE TAB padding", a hundred thousand for each partition.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

const share = 100_000 // lines in a partition

var padding = strings.Repeat("x", 100)

var write = weft.FlatMapWith(func(t *weft.Task, dir string) (func(int64, func(string)), error) {
	return func(partition int64, emit func(string)) {
		for n := range share {
			if n == share/2 {
				pass(t, dir)
			}
			emit(fmt.Sprintf("%d\t%d\t%s", partition, n, padding))
		}
	}, nil
})

// pass says that the task got here, and lets it on when the gate is open.
func pass(t *weft.Task, dir string) {
	host, err := os.Hostname()
	if err == nil {
		name := fmt.Sprintf("half-%d-%d-%s", t.Partition(), t.Attempt(), host)
		err = os.WriteFile(filepath.Join(dir, name), nil, 0o666)
	}
	var gate *os.File
	if err == nil {
		gate, err = os.Open(filepath.Join(dir, "gate")) // waits for a writer
	}
	if err == nil {
		err = gate.Close()
	}
	if err != nil {
		panic(err)
	}
}

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 3 {
		return weft.Usage("lines DIR PARTITIONS OUT")
	}
	n, err := strconv.Atoi(s.Args()[1])
	if err != nil {
		return weft.Usage("lines DIR PARTITIONS OUT; PARTITIONS is %q", s.Args()[1])
	}
	partitions := make([]int64, n)
	for i := range partitions {
		partitions[i] = int64(i)
	}
	return write.On(weft.Parallelize(s, partitions, n), s.Args()[0]).SaveAsText(ctx, s.Args()[2])
}
