// Command nocodec declares an operator on records that cannot be written down.
//
// It is bad input: weft must refuse it before any task runs.
package main

import (
	"context"

	"github.com/weft-data/weft"
)

// Ticket holds a channel, which means nothing in another process.
type Ticket struct {
	Number int64
	Called chan struct{}
}

var issue = weft.Map(func(n int64) Ticket { return Ticket{Number: n} })

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	_, err := issue.On(weft.Parallelize(s, []int64{1}, 1)).Count(ctx)
	return err
}
