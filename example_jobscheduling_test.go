package weft_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[string]()

// The bodies of these functions are the snippets of docs/job-scheduling.md.

func Example_jobsAtOnce() {
	play(func(ctx context.Context, s *weft.Session) error {
		words := weft.Parallelize(s, []string{"over", "under", "over"}, 2)
		counts := make(chan int64, 2)
		errs := make(chan error, 2)
		for _, ds := range []weft.Dataset[string]{words, words.Distinct()} {
			go func() {
				n, err := ds.Count(ctx)
				counts <- n
				errs <- err
			}()
		}
		fmt.Println(<-counts + <-counts)
		return errors.Join(<-errs, <-errs)
	})
	// Output: 5
}

func Example_pools() {
	play(func(ctx context.Context, s *weft.Session) error {
		reports := weft.WithPool(ctx, "reports")
		n, err := weft.Parallelize(s, []string{"warp", "weft"}, 2).Count(reports)
		if err != nil {
			return err
		}
		m, err := weft.Parallelize(s, []string{"loom"}, 1).Count(weft.WithPool(reports, "")) // back in "default"
		fmt.Println(n, m)
		return err
	})
	// Output: 2 1
}

func Example_profiles() {
	play(func(ctx context.Context, s *weft.Session) error {
		hungry := weft.NewProfile().TaskCPUs(2)
		words := weft.Parallelize(s, []string{"warp", "weft", "warp"}, 4).WithResources(hungry)
		n, err := words.Distinct().Count(ctx) // the map stage has the profile, the result stage has not
		fmt.Println(n)
		return err
	})
	// Output: 2
}

func Example_groups() {
	play(func(ctx context.Context, s *weft.Session) error {
		nightly := weft.WithJobGroup(ctx, "nightly", "all reports of a night")
		nightly = weft.WithTags(nightly, "tenant:acme")
		n, err := weft.Parallelize(s, []string{"a", "b", "c"}, 1).Count(nightly)
		fmt.Println(n, s.CancelGroup("nightly"), s.CancelTag("tenant:acme")) // nothing runs any more
		return err
	})
	// Output: 3 0 0
}

// play runs a driver in this process and prints its error.
func play(run weft.Driver) {
	if err := weft.Local(context.Background(), 2, run); err != nil {
		fmt.Println(err)
	}
}
