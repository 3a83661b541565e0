package weft_test

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

func ExampleWithJobDescription() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		words := weft.Parallelize(s, []string{"warp"}, 1)
		ended := make(chan error)
		go func() {
			_, err := endless.On(words, struct{}{}).Count(weft.WithJobDescription(ctx, "the daily count"))
			ended <- err
		}()
		<-began
		for _, job := range s.Jobs() {
			fmt.Println(job.ID, job.Description)
			s.CancelJob(job.ID)
		}
		<-ended
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 0 the daily count
}
