package weft_test

import (
	"context"
	"fmt"
	"strconv"

	"github.com/weft-data/weft"
)

var number = weft.TryMap(func(text string) (int, error) { return strconv.Atoi(text) })

func ExampleTryMap() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		numbers, err := number.On(weft.Parallelize(s, []string{"1", "2", "3"}, 1)).Collect(ctx)
		fmt.Println(numbers)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 2 3]
}
