package main

import (
	"cmp"
	"slices"
	"time"
)

// sampleEvery is how often shares are looked at; windowLength how long Jain's index looks.
const (
	sampleEvery  = time.Second
	windowLength = 10 * time.Second
)

// fairness gathers how far running tasks are from equal shares of the slots: each active job is
// entitled to as much as any other, up to what it can use (max-min fair).
type fairness struct {
	windows []float64 // Jain's index of each window
}

// share is what a job had and what it was entitled to, in slot-seconds of a window.
type share struct{ had, due float64 }

// sample looks at all active jobs.
func (p *play) sample() error {
	p.at(p.now+sampleEvery, p.sample)
	due := fairShares(p.active, p.cluster.total())
	for i, s := range p.active {
		had := float64(s.running) * sampleEvery.Seconds()
		d := due[i] * sampleEvery.Seconds()
		s.deficit += max(0, d-had)
		s.window.had += had
		s.window.due += d
	}
	if p.now%windowLength == 0 {
		p.closeWindow()
	}
	return nil
}

// fairShares divides slots among jobs, each of which can use what runs and waits.
func fairShares(jobs []*jobState, slots int) []float64 {
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	demand := func(i int) int { return jobs[i].running + max(jobs[i].waiting, 0) }
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(demand(a), demand(b)), cmp.Compare(a, b))
	})
	due := make([]float64, len(jobs))
	left := float64(slots)
	for n, i := range order {
		due[i] = min(float64(demand(i)), left/float64(len(order)-n))
		left -= due[i]
	}
	return due
}

// closeWindow adds Jain's index of what each job had of its due: 1 when all had the same part of
// it, 1/n when one of n had all.
func (p *play) closeWindow() {
	var n, sum, squares float64
	for _, s := range p.active {
		if s.window.due > 0 {
			x := min(s.window.had/s.window.due, 1)
			n, sum, squares = n+1, sum+x, squares+x*x
		}
		s.window = share{}
	}
	switch {
	case n < 2:
	case squares == 0:
		p.fairness.windows = append(p.fairness.windows, 0)
	default:
		p.fairness.windows = append(p.fairness.windows, sum*sum/(n*squares))
	}
}
