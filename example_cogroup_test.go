package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var together = weft.CoGroup[string, int, string]()

func ExampleCoGroup() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		ages := weft.Parallelize(s, []weft.Pair[string, int]{{"ann", 31}}, 1)
		towns := weft.Parallelize(s, []weft.Pair[string, string]{{"ann", "Oslo"}, {"bob", "Bergen"}}, 1)
		out, err := together.On(ages, towns).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{ann {[31] [Oslo]}} {bob {[] [Bergen]}}]
}
