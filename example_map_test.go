package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// A record of each record.
var length = weft.Map(func(word string) int { return len(word) })

func ExampleMap() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		words := weft.Parallelize(s, []string{"a", "loom", "weaves"}, 2)
		lengths, err := length.On(words).Collect(ctx)
		fmt.Println(lengths)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 4 6]
}
