// Command misbehave goes wrong in the way that its first argument says.
//
//	misbehave panic|fail|late|hungry|driver OUT
//
// In mode panic the operator panics at record 7 of partition 1 of two; in mode hungry a task takes memory until it is
// killed. OUT is where the result would go.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/weft-data/weft"
)

var (
	explode = weft.MapWith(func(t *weft.Task, at int64) (func(int64) int64, error) {
		return func(n int64) int64 {
			if n == at {
				panic(fmt.Sprintf("no room for %d", n))
			}
			return n
		}, nil
	})
	refuse = weft.TryMap(func(n int64) (int64, error) {
		if n == 17 {
			return 0, errors.New("17 is not allowed")
		}
		return n, nil
	})
	devour = weft.MapWith(func(t *weft.Task, step int) (func(int64) int64, error) {
		return func(int64) int64 { return eat(t.Context(), step) }, nil
	})
	text = weft.Map(func(n int64) string { return fmt.Sprint(n) })
)

// eat takes one GiB, more than any container here has, and holds it until the task is over.
func eat(ctx context.Context, step int) int64 {
	var stomach [][]byte
	for range (1 << 30) / step {
		bite := make([]byte, step)
		for i := 0; i < len(bite); i += 4096 {
			bite[i] = 1
		}
		stomach = append(stomach, bite)
	}
	<-ctx.Done()
	runtime.KeepAlive(stomach)
	return 0
}

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 2 {
		return weft.Usage("misbehave panic|fail|late|hungry|driver OUT")
	}
	numbers := make([]int64, 20)
	for i := range numbers {
		numbers[i] = int64(i)
	}
	out, err := result(s.Args()[0], weft.Parallelize(s, numbers, 2))
	if err != nil {
		return err
	}
	return text.On(out).SaveAsText(ctx, s.Args()[1])
}

// result is the dataset that cannot be computed.
func result(mode string, numbers weft.Dataset[int64]) (weft.Dataset[int64], error) {
	switch mode {
	case "panic":
		return explode.On(numbers, 17), nil
	case "fail":
		return refuse.On(numbers), nil
	case "hungry":
		return devour.On(numbers, 1<<20), nil
	case "late":
		return weft.Map(func(n int64) int64 { return n + 1 }).On(numbers), nil
	case "driver":
		return numbers, errors.New("the moon is in the wrong phase")
	}
	return numbers, weft.Usage("misbehave: no mode %q", mode)
}
