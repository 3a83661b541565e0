package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var numbered = weft.ZipWithIndex[string]()

func ExampleZipWithIndex() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := numbered.On(weft.Parallelize(s, []string{"x", "y", "z"}, 2)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{0 x} {1 y} {2 z}]
}
