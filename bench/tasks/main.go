// Command tasks measures what a task costs that does nothing: one stage with many partitions, from
// the action in the driver to its result, through the control protocol that real jobs use.
//
//	go build -o /tmp/tasks ./bench/tasks
//	WEFT_MASTER='process[2]' taskset -c 0,1 /tmp/tasks -tasks 100000 -runs 5
//
// It prints, for each run of each action, tasks per second and the processor time of driver and
// executors together for one task. Spark does 1,400 to 1,640 such tasks a second.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/bench/internal/cpu"
)

var nothing = weft.Foreach(func(int) error { return nil })

func main() { weft.Main(measure) }

func measure(ctx context.Context, s *weft.Session) (err error) {
	flags := flag.NewFlagSet("tasks", flag.ContinueOnError)
	tasks := flags.Int("tasks", 100_000, "tasks of the stage")
	runs := flags.Int("runs", 5, "measured runs of each action")
	profile := flags.String("cpuprofile", "", "file for the driver's CPU profile")
	if err := flags.Parse(s.Args()); err != nil {
		return weft.Usage("tasks [-tasks N] [-runs N] [-cpuprofile FILE]: %v", err)
	}
	stop, err := cpu.Profile(*profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	empty := weft.Parallelize[int](s, nil, *tasks)
	actions := []struct {
		name string
		act  func() error
	}{
		{"foreach", func() error { return nothing.Run(ctx, empty) }},
		{"count", func() error {
			_, err := empty.Count(ctx)
			return err
		}},
	}
	// The first task ends when the executors are there.
	if err := nothing.Run(ctx, weft.Parallelize[int](s, nil, s.Slots())); err != nil {
		return err
	}
	for _, a := range actions {
		for run := range *runs {
			if err := once(a.name, run, *tasks, a.act); err != nil {
				return err
			}
		}
	}
	return nil
}

// once measures one action.
func once(name string, run, tasks int, act func() error) error {
	used, began := cpu.Tree(), time.Now()
	if err := act(); err != nil {
		return err
	}
	took, spent := time.Since(began), cpu.Tree()-used
	fmt.Printf("%-8s run %d  %d tasks  %.3f s  %.0f tasks/s  %.2f µs CPU/task\n", name, run, tasks,
		took.Seconds(), float64(tasks)/took.Seconds(), spent.Seconds()*1e6/float64(tasks))
	return nil
}
