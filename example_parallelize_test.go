package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// Order is a record like any other plain data. No operator of this program names it, so Type does.
type Order struct {
	ID    int
	Items []string
}

var _ = weft.Type[Order]()

func ExampleParallelize() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {
		orders := weft.Parallelize(s, []Order{{1, []string{"tea"}}, {2, nil}, {3, []string{"oil", "rice"}}}, 3)
		n, err := orders.Partitions(ctx)
		fmt.Println(n, "partitions")
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 3 partitions
}
