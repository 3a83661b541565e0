package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// Mean is the sum and the number of what was seen.
type Mean struct {
	Sum   float64
	Count int
}

var mean = weft.AggregateByKey[string](
	func() Mean { return Mean{} },
	func(m Mean, v float64) Mean { return Mean{m.Sum + v, m.Count + 1} },
	func(a, b Mean) Mean { return Mean{a.Sum + b.Sum, a.Count + b.Count} })

func ExampleAggregateByKey() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		measured := weft.Parallelize(s, []weft.Pair[string, float64]{{"x", 1}, {"x", 2}, {"x", 6}}, 3)
		out, err := mean.On(measured).Collect(ctx)
		for _, p := range out {
			fmt.Println(p.Key, p.Value.Sum/float64(p.Value.Count))
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: x 3
}
