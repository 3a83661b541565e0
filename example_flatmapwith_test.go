package weft_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/weft-data/weft"
)

var cut = weft.FlatMapWith(func(
	t *weft.Task, separator string,
) (func(string, func(string)), error) {
	return func(line string, emit func(string)) {
		for part := range strings.SplitSeq(line, separator) {
			emit(part)
		}
	}, nil
})

func ExampleFlatMapWith() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := cut.On(weft.Parallelize(s, []string{"a;b", "c"}, 1), ";").Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [a b c]
}
