package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[int]()

func ExampleDataset_Sample() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		n, err := weft.Parallelize(s, make([]int, 10000), 4).Sample(0.1, 42).Count(ctx)
		fmt.Println("about a tenth:", n > 800 && n < 1200)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: about a tenth: true
}
