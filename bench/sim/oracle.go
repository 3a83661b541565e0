package main

import (
	"math"
	"slices"
	"time"
)

// The oracle is no schedule. Its locality is that of the best offline assignment of one job to an
// empty cluster in as many waves as the job needs; its times are those of slots that can be
// divided and moved without loss, shared equally, with all input local. No policy can have
// better locality without more waiting, and hardly better times.

// matched is the most maps of a job that can be local, with an equal number of tasks at most on
// each slot: a maximum matching of maps to the nodes of their blocks.
func (c cluster) matched(j *job) int {
	waves := (j.maps + c.total() - 1) / c.total()
	room := waves * c.slots
	taken := make([][]int32, c.nodes) // maps on each node
	where := make([]int32, j.maps)
	seen := make([]int, c.nodes)
	var place func(m int32, round int) bool
	place = func(m int32, round int) bool {
		for _, n := range j.blocks[m] {
			if seen[n] == round {
				continue
			}
			seen[n] = round
			if len(taken[n]) < room {
				taken[n] = append(taken[n], m)
				where[m] = n
				return true
			}
			for i, other := range taken[n] {
				if place(other, round) {
					taken[n][i] = m
					where[m] = n
					return true
				}
			}
		}
		return false
	}
	count := 0
	for m := range int32(j.maps) {
		if place(m, int(m)+1) {
			count++
		}
	}
	return count
}

// phase is the work of a job's maps or reduces.
type phase struct {
	tasks   int
	work    float64 // seconds
	longest float64
}

func (w *workload) phases(j *job) []phase {
	list := []phase{w.phase(j, true, j.maps)}
	if j.reduces > 0 {
		list = append(list, w.phase(j, false, j.reduces))
	}
	return list
}

func (w *workload) phase(j *job, isMap bool, n int) phase {
	p := phase{tasks: n}
	for i := range int32(n) {
		d := w.base(j, isMap, i, 0).Seconds()
		p.work += d
		p.longest = max(p.longest, d)
	}
	return p
}

// alone is the least time of a job that has the whole cluster.
func (w *workload) alone(j *job) time.Duration {
	t := 0.0
	for _, p := range w.phases(j) {
		t += max(p.longest, p.work/float64(w.cluster.total()))
	}
	return seconds(t)
}

// fluid is a job in a cluster whose slots can be divided.
type fluid struct {
	job    int
	phases []phase
	since  float64 // when this phase began
	left   float64 // work of this phase
}

// fluidEnds gives the end of each job if slots are shared equally at every moment.
func (w *workload) fluidEnds() []time.Duration {
	ends := make([]time.Duration, len(w.jobs))
	var active []*fluid
	now, next := 0.0, 0
	for next < len(w.jobs) || len(active) > 0 {
		rates := fluidRates(active, now, w.cluster.total())
		step := math.Inf(1)
		if next < len(w.jobs) {
			step = w.jobs[next].arrive.Seconds() - now
		}
		for i, f := range active {
			step = min(step, f.until(rates[i], now))
		}
		now += step
		for i, f := range active {
			f.left -= rates[i] * step
		}
		active = slices.DeleteFunc(active, func(f *fluid) bool { return f.advance(now, ends) })
		for next < len(w.jobs) && w.jobs[next].arrive.Seconds() <= now+tiny {
			j := &w.jobs[next]
			f := &fluid{job: next, phases: w.phases(j), since: now}
			f.left = f.phases[0].work
			active = append(active, f)
			next++
		}
	}
	return ends
}

const tiny = 1e-6

// until is how long this phase goes on at a rate: till its work is done and its longest task had
// its time.
func (f *fluid) until(rate, now float64) float64 {
	if f.left > tiny {
		return max(f.left/rate, tiny)
	}
	return max(f.since+f.phases[0].longest-now, tiny)
}

// advance begins the next phase, and notes the end of the last.
func (f *fluid) advance(now float64, ends []time.Duration) bool {
	if f.left > tiny || now+tiny < f.since+f.phases[0].longest {
		return false
	}
	f.phases = f.phases[1:]
	if len(f.phases) == 0 {
		ends[f.job] = seconds(now)
		return true
	}
	f.since, f.left = now, f.phases[0].work
	return false
}

// fluidRates shares the slots; a job uses no more than it has tasks.
func fluidRates(active []*fluid, _ float64, slots int) []float64 {
	states := make([]*jobState, len(active))
	for i, f := range active {
		states[i] = &jobState{}
		if f.left > tiny {
			states[i].waiting = f.phases[0].tasks
		}
	}
	return fairShares(states, slots)
}
