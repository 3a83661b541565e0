package weft_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-data/weft"
)

var added = weft.ReduceByKey[string](func(a, b int) int { return a + b })

func ExampleReduceByKey() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		sales := weft.Parallelize(s, []weft.Pair[string, int]{{"tea", 2}, {"oil", 5}, {"tea", 3}}, 2)
		out, err := added.On(sales, weft.Partitions(1)).Collect(ctx)
		slices.SortFunc(out, func(a, b weft.Pair[string, int]) int {
			return strings.Compare(a.Key, b.Key)
		})
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{oil 5} {tea 5}]
}
