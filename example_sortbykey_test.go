package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var ordered = weft.SortByKey[int, string]()

func ExampleSortByKey() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		pairs := weft.Parallelize(s, []weft.Pair[int, string]{{3, "c"}, {1, "a"}, {2, "b"}}, 2)
		out, err := ordered.On(pairs, weft.Partitions(2)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{1 a} {2 b} {3 c}]
}
