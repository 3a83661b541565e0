package am

import (
	"context"
	"fmt"
	"slices"
)

// Jobs are the jobs that run or wait, the oldest first. What they hold is not to be changed.
func (d *Driver) Jobs() []Job {
	jobs, _ := ask(context.Background(), d, func(l *loop, reply chan<- []Job) {
		var list []Job
		for _, j := range l.jobs {
			list = append(list, j.Job)
		}
		reply <- list
	})
	return jobs
}

// Cancel ends the jobs that match, and returns their number. Their Run returns an error that wraps
// ErrCancelled and tells why. match is called by the loop and must return at once.
func (d *Driver) Cancel(why string, match func(*Job) bool) int {
	n, _ := ask(context.Background(), d, func(l *loop, reply chan<- int) {
		n := 0
		for _, j := range slices.Clone(l.jobs) {
			if match(&j.Job) {
				l.cancel(j, fmt.Errorf("%w: %s", ErrCancelled, why))
				n++
			}
		}
		reply <- n
	})
	return n
}
