// Command twice declares two operators under one name.
//
// It is bad input: weft must refuse it before any task runs.
package main

import (
	"context"

	"github.com/weft-data/weft"
)

var (
	half   = weft.Map(func(n int64) int64 { return n / 2 }, weft.Named("the one"))
	double = weft.Map(func(n int64) int64 { return n * 2 }, weft.Named("the one"))
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	_, err := double.On(half.On(weft.Parallelize(s, []int64{1}, 1))).Count(ctx)
	return err
}
