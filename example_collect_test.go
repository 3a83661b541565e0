package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[Order]()

func ExampleDataset_Collect() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {
		orders := weft.Parallelize(s, []Order{{1, []string{"tea"}}, {2, nil}}, 2)
		all, err := orders.Collect(ctx)
		fmt.Println(all)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{1 [tea]} {2 []}]
}

func ExampleDataset_Count() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {
		n, err := weft.Parallelize(s, make([]Order, 1000), 4).Count(ctx)
		fmt.Println(n)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 1000
}
