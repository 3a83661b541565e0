package weft_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/weft-data/weft"
)

// One record for each partition: its number and how many records it has.
var sizes = weft.MapPartitions(func(
	t *weft.Task, in iter.Seq[string], emit func(weft.Pair[int, int]),
) error {
	n := 0
	for range in {
		n++
	}
	emit(weft.KV(t.Partition(), n))
	return nil
})

func ExampleMapPartitions() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := sizes.On(weft.Parallelize(s, []string{"a", "b", "c"}, 2)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{0 1} {1 2}]
}
