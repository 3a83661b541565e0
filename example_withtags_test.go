package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

func ExampleWithTags() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		tagged := weft.WithTags(weft.WithTags(ctx, "report"), "slow")
		ended := make(chan error)
		go func() {
			_, err := endless.On(weft.Parallelize(s, []string{"warp"}, 1), struct{}{}).Count(tagged)
			ended <- err
		}()
		<-began
		fmt.Println(s.Jobs()[0].Tags)
		fmt.Println(s.CancelTag("slow"), "job cancelled")
		<-ended
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// [report slow]
	// 1 job cancelled
}
