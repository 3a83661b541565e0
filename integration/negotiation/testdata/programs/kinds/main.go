// Command kinds sums numbers in three stages, the second of which needs widgets.
//
//	kinds DIR TASKS
//
// DIR is local and holds the named pipes gate-1, gate-2 and gate-3. Each task of stage S leaves a file DIR/S-PARTITION
// with the addresses of its widgets, and waits until gate-S has a writer. The sums of the even and of the odd numbers
// below 1000 are printed.
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

const (
	numbers = 1000
	widget  = "acme.com/widget"
)

type entry = weft.Pair[int64, int64]

var (
	byDigit  = weft.Map(func(n int64) entry { return weft.KV(n%10, n) })
	byParity = weft.Map(func(e entry) entry { return weft.KV(e.Key%2, e.Value) })
	sum      = weft.ReduceByKey[int64](func(a, b int64) int64 { return a + b })

	through = weft.MapWith(func(t *weft.Task, gate string) (func(entry) entry, error) {
		stage := strings.TrimPrefix(filepath.Base(gate), "gate-")
		mark := filepath.Join(filepath.Dir(gate), fmt.Sprintf("%s-%d", stage, t.Partition()))
		addresses := strings.Join(t.Addresses(widget), ",")
		if err := os.WriteFile(mark, []byte(addresses), 0o666); err != nil {
			return nil, err
		}
		f, err := os.Open(gate) // waits for a writer
		if err != nil {
			return nil, err
		}
		return func(e entry) entry { return e }, f.Close()
	})
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 2 {
		return weft.Usage("kinds DIR TASKS")
	}
	gate := filepath.Join(s.Args()[0], "gate-")
	tasks, err := strconv.Atoi(s.Args()[1])
	if err != nil {
		return weft.Usage("kinds DIR TASKS; TASKS is %q", s.Args()[1])
	}
	list := make([]int64, numbers)
	for i := range list {
		list[i] = int64(i)
	}
	with := weft.NewProfile().Resource(widget, 1).TaskResource(widget, 1)
	digits := sum.On(through.On(byDigit.On(weft.Parallelize(s, list, tasks)), gate+"1"), weft.Partitions(tasks))
	parities := sum.On(byParity.On(through.On(digits, gate+"2").WithResources(with)), weft.Partitions(tasks))
	sums, err := through.On(parities, gate+"3").Collect(ctx)
	for _, e := range sums {
		fmt.Printf("sum %d %d\n", e.Key, e.Value)
	}
	return err
}
