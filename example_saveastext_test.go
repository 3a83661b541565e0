package weft_test

import (
	"context"
	"fmt"
	"os"

	"github.com/weft-data/weft"
)

var _ = weft.Type[weft.Pair[string, int]]()

func ExampleDataset_SaveAsText() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		dir, err := os.MkdirTemp("", "example")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		pairs := weft.Parallelize(s, []weft.Pair[string, int]{{"warp", 1}, {"weft", 2}}, 1)
		if err := pairs.SaveAsText(ctx, dir+"/out"); err != nil {
			return err
		}
		text, err := os.ReadFile(dir + "/out/part-00000")
		fmt.Print(string(text))
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// warp	1
	// weft	2
}
