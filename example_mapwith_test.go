package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// The parameter comes from the driver; the outer function runs once for each task.
var prefixed = weft.MapWith(func(t *weft.Task, prefix string) (func(string) string, error) {
	return func(word string) string { return prefix + word }, nil
})

func ExampleMapWith() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		words := weft.Parallelize(s, []string{"warp", "weft"}, 1)
		out, err := prefixed.On(words, "the ").Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [the warp the weft]
}
