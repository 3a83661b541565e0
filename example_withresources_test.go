package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

func ExampleDataset_WithResources() {
	err := weft.Local(context.Background(), 4, func(ctx context.Context, s *weft.Session) error {

		large := weft.NewProfile().TaskCPUs(2) // two tasks at a time on the four cores
		words := weft.Parallelize(s, []string{"warp", "weft"}, 2).WithResources(large)
		n, err := words.Count(ctx)
		fmt.Println(n, "words")
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 2 words
}
