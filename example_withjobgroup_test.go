package weft_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft"
)

// endless works until its task is killed, and says when it begins.
var (
	began   = make(chan string, 8)
	endless = weft.MapWith(func(t *weft.Task, _ struct{}) (func(string) string, error) {
		return func(word string) string {
			began <- word
			<-t.Context().Done()
			return word
		}, nil
	})
)

func ExampleWithJobGroup() {
	err := weft.Local(context.Background(), 2, func(ctx context.Context, s *weft.Session) error {

		nightly := weft.WithJobGroup(ctx, "nightly", "all reports of a night")
		ended := make(chan error)
		go func() {
			_, err := endless.On(weft.Parallelize(s, []string{"warp"}, 1), struct{}{}).Count(nightly)
			ended <- err
		}()
		<-began
		fmt.Println(s.CancelGroup("nightly"), "job cancelled")
		err := <-ended
		fmt.Println(errors.Is(err, weft.ErrCancelled), err)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 job cancelled
	// true job 0 cancelled: the program cancelled it: its group "nightly" was cancelled
}
