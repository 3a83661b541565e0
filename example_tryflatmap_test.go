package weft_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

var numbers = weft.TryFlatMap(func(line string, emit func(int)) error {
	for field := range strings.FieldsSeq(line) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return err
		}
		emit(n)
	}
	return nil
})

func ExampleTryFlatMap() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := numbers.On(weft.Parallelize(s, []string{"1 2", "3"}, 1)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 2 3]
}
