package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var leftJoined = weft.LeftJoin[string, int, string]()

func ExampleLeftJoin() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		ages := weft.Parallelize(s, []weft.Pair[string, int]{{"ann", 31}, {"eve", 25}}, 1)
		towns := weft.Parallelize(s, []weft.Pair[string, string]{{"ann", "Oslo"}}, 1)
		out, err := leftJoined.On(ages, towns).Collect(ctx)
		for _, p := range out {
			fmt.Println(p.Key, p.Value.Left, p.Value.Right, p.Value.Found)
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// ann 31 Oslo true
	// eve 25  false
}
