// Command pools runs a job in each of two pools at the same time: "production" and "adhoc".
//
//	pools
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft"
)

var _ = weft.Type[int]() // the records

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	pools := []string{"production", "adhoc"}
	ended := make(chan error, len(pools))
	for _, pool := range pools {
		go func() {
			n, err := weft.Parallelize(s, make([]int, 40), 4).Count(weft.WithPool(ctx, pool))
			if err == nil && n != 40 {
				err = fmt.Errorf("pool %s counts %d of 40 records", pool, n)
			}
			ended <- err
		}()
	}
	return errors.Join(<-ended, <-ended)
}
