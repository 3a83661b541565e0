package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// slow counts how often it works, to show that it works once for each record.
var (
	calls = weft.NewAccumulator(func(a, b int) int { return a + b })
	slow  = weft.MapWith(func(t *weft.Task, _ struct{}) (func(int) int, error) {
		calls := calls.In(t)
		return func(n int) int {
			calls.Add(1)
			return n * n
		}, nil
	})
)

func ExampleDataset_Persist() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		squares := slow.On(weft.Parallelize(s, []int{1, 2, 3}, 1), struct{}{}).Persist(weft.MemoryOnly)
		defer squares.Unpersist()
		for range 3 {
			if _, err := squares.Count(ctx); err != nil {
				return err
			}
		}
		fmt.Println(calls.Value(s), "calls")
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 3 calls
}
