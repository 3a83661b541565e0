package weft_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft"
)

func ExampleWithPool() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		words := weft.Parallelize(s, []string{"warp", "weft"}, 2)
		reports := make(chan error)
		go func() { // its jobs share what the pool "reports" gets
			_, err := words.Count(weft.WithPool(ctx, "reports"))
			reports <- err
		}()
		n, err := words.Count(ctx) // in the pool "default", whatever the other goroutine said
		fmt.Println(n, "words")
		return errors.Join(err, <-reports)
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 2 words
}
