package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var sum = weft.Reduce(func(a, b int) int { return a + b })

func ExampleReduce() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		total, err := sum.Run(ctx, weft.Parallelize(s, []int{1, 2, 3, 4}, 3))
		fmt.Println(total)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 10
}
