package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var named = weft.MapWith(func(
	t *weft.Task, table weft.Broadcast[map[int]string],
) (func(int) string, error) {
	names, err := table.In(t)
	return func(n int) string { return names[n] }, err
})

func ExampleNewBroadcast() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		table, err := weft.NewBroadcast(s, map[int]string{1: "one", 2: "two"})
		if err != nil {
			return err
		}
		defer table.Drop(s)
		out, err := named.On(weft.Parallelize(s, []int{2, 1}, 2), table).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [two one]
}
