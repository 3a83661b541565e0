package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// Lines of a file need no declaration.

func ExampleTextFile() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		n, err := weft.TextFile(s, "LICENSE").Count(ctx)
		fmt.Println(n > 100)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: true
}
