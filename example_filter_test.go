package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var even = weft.Filter(func(n int) bool { return n%2 == 0 })

func ExampleFilter() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := even.On(weft.Parallelize(s, []int{1, 2, 3, 4}, 2)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [2 4]
}
