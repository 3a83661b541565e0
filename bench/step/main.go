// Command step measures how soon executors come when tasks begin to wait:
//
//	weft submit --master yarn --conf weft.dynamicAllocation.enabled=true \
//		--conf weft.dynamicAllocation.executorIdleTimeout=3s step [TASKS [SECONDS [RUNS]]]
//
// Each run is a job of 32 tasks that take 5 s each; between two runs all executors go. It prints
// the times from the job's submission until the first task runs, until half and until 95 % of them
// do, and until all do. All clocks are that of this machine, so the cluster must be, too.
package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
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

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	settings := [3]int{32, 5, 3}
	for i, arg := range s.Args() {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 || i >= len(settings) {
			return weft.Usage("step [TASKS [SECONDS [RUNS]]]")
		}
		settings[i] = n
	}
	for i := range settings[2] {
		if err := once(ctx, s, settings[0], int64(settings[1])); err != nil {
			return err
		}
		if i < settings[2]-1 {
			select {
			case <-time.After(6 * time.Second): // the idle time, and for the containers to go
			case <-ctx.Done():
			}
		}
	}
	return nil
}

func once(ctx context.Context, s *weft.Session, tasks int, seconds int64) error {
	submitted := time.Now()
	starts, err := begin.On(weft.Parallelize(s, make([]int64, tasks), tasks), seconds).Collect(ctx)
	if err != nil {
		return err
	}
	slices.Sort(starts)
	after := func(percent int) time.Duration {
		at := time.Unix(0, starts[(tasks*percent+99)/100-1])
		return at.Sub(submitted).Round(time.Millisecond)
	}
	policy, _ := s.Conf("weft.dynamicAllocation.policy")
	fmt.Printf("%s: %d tasks: first %s, half %s, 95 %% %s, all %s\n", policy, tasks,
		after(1), after(50), after(95), after(100))
	return nil
}
