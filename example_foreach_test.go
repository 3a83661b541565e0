package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var (
	printed = make(chan string, 2)
	send    = weft.Foreach(func(word string) error {
		printed <- word
		return nil
	})
)

func ExampleForeach() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		err := send.Run(ctx, weft.Parallelize(s, []string{"warp", "weft"}, 1))
		fmt.Println(<-printed, <-printed)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: warp weft
}
