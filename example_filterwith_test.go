package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var above = weft.FilterWith(func(t *weft.Task, limit int) (func(int) bool, error) {
	return func(n int) bool { return n > limit }, nil
})

func ExampleFilterWith() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := above.On(weft.Parallelize(s, []int{1, 2, 3, 4}, 2), 2).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [3 4]
}
