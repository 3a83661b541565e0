package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// load is a job: so many tasks, which take so long.
type load struct{ tasks, seconds int }

// subject is what can run a load from no executor on. When it returns all executors have gone.
type subject struct {
	name string
	run  func(context.Context, load) (starts, error)
}

// starts are the times from a job's submission to the beginning of each task, in order.
type starts []time.Duration

// at is when so many percent of the tasks ran.
func (s starts) at(percent int) time.Duration { return s[(len(s)*percent+99)/100-1] }

func (s starts) String() string {
	return fmt.Sprintf("%d tasks: first %s, half %s, 95 %% %s, all %s",
		len(s), s[0], s.at(50), s.at(95), s.at(100))
}

// measure runs the load once and prints and returns when its tasks ran.
func (l load) measure(ctx context.Context, of subject) (starts, error) {
	s, err := of.run(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", of.name, err)
	}
	if len(s) != l.tasks {
		return nil, fmt.Errorf("%s: %d of %d tasks ran", of.name, len(s), l.tasks)
	}
	slices.Sort(s)
	fmt.Printf("%s: %s\n", of.name, s)
	return s, nil
}

func (l load) alone(ctx context.Context, of subject, runs int) error {
	for range runs {
		if _, err := l.measure(ctx, of); err != nil {
			return err
		}
	}
	return nil
}

// compare measures both in turns: what else the machine does hits both. The first run of each is
// not counted: it fetches the program to the nodes, and warms up the drivers.
func (l load) compare(ctx context.Context, ours, theirs subject, pairs int) error {
	var at95 [2][]time.Duration
	for i := range 2 * (1 + pairs) {
		of := (i + 1) / 2 % 2 // 0 1 1 0 0 1 1 0 …
		s, err := l.measure(ctx, [...]subject{ours, theirs}[of])
		if err != nil {
			return err
		}
		if i > 1 {
			at95[of] = append(at95[of], s.at(95))
		}
	}
	o, t := median(at95[0]), median(at95[1])
	fmt.Printf("95 %% of %d tasks run: pairs=%d median %s=%s %s=%s ratio=%.2f\n", l.tasks, pairs,
		ours.name, o, theirs.name, t, float64(o)/float64(t))
	return nil
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}
