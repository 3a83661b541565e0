package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[int]()

func ExampleDataset_Coalesce() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		few := weft.Parallelize(s, []int{1, 2, 3, 4}, 4).Coalesce(2)
		n, err := few.Partitions(ctx)
		if err != nil {
			return err
		}
		out, err := few.Collect(ctx)
		fmt.Println(n, "partitions:", out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 2 partitions: [1 2 3 4]
}
