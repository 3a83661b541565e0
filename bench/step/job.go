package main

import (
	"context"
	"time"

	"github.com/weft-data/weft"
)

// begin gives the time at which a task began, and lets it take the given seconds.
var begin = weft.MapWith(func(_ *weft.Task, seconds int64) (func(int64) int64, error) {
	return func(int64) int64 {
		now := time.Now()
		<-time.After(time.Duration(seconds) * time.Second)
		return now.UnixNano()
	}, nil
})

// away is the idle time of the command line above, and for the containers to go.
const away = 6 * time.Second

// weftJob runs loads in this application.
type weftJob struct{ *weft.Session }

func (w weftJob) run(ctx context.Context, l load) (starts, error) {
	submitted := time.Now()
	rows := weft.Parallelize(w.Session, make([]int64, l.tasks), l.tasks)
	began, err := begin.On(rows, int64(l.seconds)).Collect(ctx)
	if err != nil {
		return nil, err
	}
	after := make(starts, len(began))
	for i, at := range began {
		after[i] = time.Unix(0, at).Sub(submitted).Round(time.Millisecond)
	}
	select {
	case <-time.After(away):
		return after, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
