package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[int]()

func ExampleDataset_Union() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		a, b := weft.Parallelize(s, []int{1, 2}, 1), weft.Parallelize(s, []int{2, 3}, 1)
		out, err := a.Union(b).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 2 2 3]
}
