// Command refused runs a job for each of three profiles, the first two of which no cluster can give, and prints what
// became of each.
package main

import (
	"context"
	"fmt"

	"github.com/weft-data/weft"
)

// Executors know what the jobs count.
var _ = weft.Type[int64]()

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	for _, p := range []weft.Profile{
		weft.NewProfile().Memory("1t"),
		weft.NewProfile().Resource("acme.com/gadget", 1).TaskResource("acme.com/gadget", 1),
		weft.NewProfile().Memory("200m"),
	} {
		n, err := weft.Parallelize(s, []int64{1, 2, 3}, 2).WithResources(p).Count(ctx)
		fmt.Println("counted", n, err)
	}
	return nil
}
