package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var grouped = weft.GroupByKey[string, int]()

func ExampleGroupByKey() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		pairs := weft.Parallelize(s, []weft.Pair[string, int]{{"a", 1}, {"b", 2}, {"a", 3}}, 1)
		out, err := grouped.On(pairs).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{a [1 3]} {b [2]}]
}
