package weft_test

import (
	"cmp"
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var largest = weft.Top(cmp.Compare[int])

func ExampleTop() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := largest.Run(ctx, weft.Parallelize(s, []int{3, 9, 1, 7, 5}, 2), 3)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [9 7 5]
}
