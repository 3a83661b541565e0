package weft_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/weft-data/weft"
)

var fields = weft.FlatMap(func(line string, emit func(string)) {
	for word := range strings.FieldsSeq(line) {
		emit(word)
	}
})

func ExampleFlatMap() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		lines := weft.Parallelize(s, []string{"over and under", "over"}, 2)
		words, err := fields.On(lines).Collect(ctx)
		fmt.Printf("%q\n", words)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: ["over" "and" "under" "over"]
}
