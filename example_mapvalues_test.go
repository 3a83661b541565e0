package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var double = weft.MapValues[string](func(n int) int { return 2 * n })

func ExampleMapValues() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		pairs := weft.Parallelize(s, []weft.Pair[string, int]{{"a", 1}, {"b", 2}}, 1)
		out, err := double.On(pairs).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{a 2} {b 4}]
}
