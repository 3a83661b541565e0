package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[int]()

func ExampleDataset_Take() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := weft.Parallelize(s, []int{1, 2, 3, 4, 5, 6}, 3).Take(ctx, 3)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 2 3]
}
