package weft_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/weft-data/weft"
)

var _ = weft.Type[string]()

func ExampleDataset_Distinct() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := weft.Parallelize(s, []string{"b", "a", "b", "a"}, 2).Distinct().Collect(ctx)
		slices.Sort(out)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [a b]
}
