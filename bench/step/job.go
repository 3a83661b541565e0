package main

import (
	"context"
	"fmt"
	"slices"
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

// application runs loads in this weft application.
type application struct {
	*weft.Session
	yarn *yarn
	idle time.Duration   // after which an executor without tasks is given back
	back []time.Duration // after that, until the ResourceManager had them all
}

func newApplication(ctx context.Context, s *weft.Session) (*application, error) {
	setting, _ := s.Conf("weft.dynamicAllocation.executorIdleTimeout")
	idle, err := time.ParseDuration(setting)
	if err != nil {
		return nil, fmt.Errorf("set weft.dynamicAllocation.executorIdleTimeout=3s: %w", err)
	}
	y, err := findYARN(ctx)
	return &application{Session: s, yarn: y, idle: idle}, err
}

func (a *application) run(ctx context.Context, l load) (starts, error) {
	submitted := time.Now()
	rows := weft.Parallelize(a.Session, make([]int64, l.tasks), l.tasks)
	began, err := begin.On(rows, int64(l.seconds)).Collect(ctx)
	if err != nil {
		return nil, err
	}
	idle := time.Now()
	after := make(starts, len(began))
	for i, at := range began {
		after[i] = time.Unix(0, at).Sub(submitted).Round(time.Millisecond)
	}
	if err := a.yarn.awaitNoContainer(ctx); err != nil {
		return nil, err
	}
	a.back = append(a.back, time.Since(idle.Add(a.idle)).Round(time.Millisecond))
	return after, nil
}

// summary says how soon the executors were back, from the end of the idle time of the last one.
func (a *application) summary() string {
	slices.Sort(a.back)
	n := len(a.back)
	if n == 0 {
		return "no executors came back"
	}
	return fmt.Sprintf("idle executors back at the ResourceManager: median %s, p95 %s, max %s (n=%d)",
		median(a.back), a.back[(n*95+99)/100-1], a.back[n-1], n)
}
