package weft_test

import (
	"context"
	"fmt"
	"strconv"

	"github.com/weft-data/weft"
)

var (
	badLines = weft.NewAccumulator(func(a, b int64) int64 { return a + b })
	parsed   = weft.FlatMapWith(func(t *weft.Task, _ struct{}) (func(string, func(int)), error) {
		bad := badLines.In(t)
		return func(line string, emit func(int)) {
			if n, err := strconv.Atoi(line); err == nil {
				emit(n)
			} else {
				bad.Add(1)
			}
		}, nil
	})
)

func ExampleNewAccumulator() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		n, err := parsed.On(weft.Parallelize(s, []string{"1", "x", "2", "y"}, 2), struct{}{}).Count(ctx)
		fmt.Println(n, "good,", badLines.Value(s), "bad")
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 2 good, 2 bad
}
