package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// Lines go through any program; nothing needs to be declared.

func ExamplePipe() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		words := weft.Parallelize(s, []string{"loom", "yarn"}, 1)
		out, err := weft.Pipe(words, "tr", "a-z", "A-Z").Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [LOOM YARN]
}
