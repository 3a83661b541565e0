package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

var byInitial = weft.KeyBy(func(name string) string { return name[:1] })

func ExampleKeyBy() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		out, err := byInitial.On(weft.Parallelize(s, []string{"Ada", "Grace"}, 1)).Collect(ctx)
		fmt.Println(out)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [{A Ada} {G Grace}]
}
