package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// localSizes are the jobs whose locality the table shows.
var localSizes = []int{3, 10, 100, 1000}

// row is one policy's line.
type row struct {
	name      string
	local     []float64 // percent, by localSizes
	small     quantity  // slowdown of jobs of bins 1 to 3
	large     quantity  // of bins 7 to 9
	makespan  time.Duration
	jain      float64
	unfair    float64
	decisions int
	perSecond float64 // measured, not simulated
}

// quantity is a mean and a 95th percentile.
type quantity struct{ mean, p95 float64 }

func measureOf(list []float64) quantity {
	if len(list) == 0 {
		return quantity{}
	}
	slices.Sort(list)
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return quantity{sum / float64(len(list)), list[(len(list)*95-1)/100]}
}

// compare plays every policy on every cluster and prints the tables.
func compare(out io.Writer, seed uint64, jobs int, timed bool) error {
	for _, d := range days {
		d.jobs = cmp.Or(jobs, d.jobs)
		w := newWorkload(seed, d)
		head(out, w)
		for _, p := range policies {
			r, err := w.play(p)
			if err != nil {
				return fmt.Errorf("%s on %s: %w", p.name, d.cluster, err)
			}
			r.print(out, timed)
		}
		w.oracle().print(out, timed)
		fmt.Fprintln(out)
	}
	legend(out)
	return nil
}

// legend says what the columns are.
func legend(out io.Writer) {
	fmt.Fprint(out, `node-local: of all launches of maps of jobs of that size.
slowdown: time from arrival to end, by the least time of the job alone in the cluster with all
  input local; small jobs have up to 10 maps, large ones 400 and more.
Jain: index of what each active job had of its max-min fair share, mean over windows of 10 s.
unfair: slot-seconds below its fair share of the job that had most of them.
decisions: launches by second of clock time in the machine, Step and Ready; measured, so the one
  column that varies.
adaptive wait: at hosts, by scheduler.Config.AdaptiveWait, at most 3 s; in racks 3 s.
oracle: bounds, no schedule (oracle.go).
`)
}

func head(out io.Writer, w *workload) {
	fmt.Fprintf(out, "%s: %s; seed %d, %d jobs, load %.2f, %d replicas, "+
		"%d files a bin with Zipf %.1f\n",
		w.name, w.cluster, w.seed, len(w.jobs), w.load, replicas, filesPerBin, zipf)
	var mix []string
	for _, b := range bins {
		mix = append(mix, fmt.Sprintf("%d×%d", b.count, b.maps))
	}
	fmt.Fprintf(out, "of 100 jobs (jobs×maps): %s; reduces: maps/10, at most 100\n",
		strings.Join(mix, " "))
	fmt.Fprintf(out, "maps %s, reduces %s, sigma %.1f; input in the rack ×%.1f, elsewhere ×%.1f; "+
		"%.1f%% stragglers ×2–6, %.1f%% failures; a node lives %s, back after %s\n\n",
		w.mapTime, w.reduceTime, spread, rackCost, remoteCost, 100*straggles, 100*fails, nodeLife, repair)
	const line = "%-20s %-25s %-15s %-15s %9s %6s %9s %10s\n"
	fmt.Fprintf(out, line, "", "node-local %", "slowdown small", "slowdown large",
		"makespan", "Jain", "unfair", "decisions")
	fmt.Fprintf(out, line, "policy", "3 / 10 / 100 / 1000 maps",
		"mean     p95", "mean     p95", "s", "10 s", "slot-s", "1/s")
}

func (r *row) print(out io.Writer, timed bool) {
	var local []string
	for _, p := range r.local {
		local = append(local, fmt.Sprintf("%.0f", p))
	}
	speed := "–"
	if timed && r.perSecond > 0 {
		speed = fmt.Sprintf("%.0f", r.perSecond)
	}
	fmt.Fprintf(out, "%-20s %-25s %-15s %-15s %9.0f %6.3f %9.0f %10s\n", r.name,
		strings.Join(local, " / "), r.small, r.large, r.makespan.Seconds(), r.jain, r.unfair, speed)
}

// String gives both in the table's form.
func (q quantity) String() string { return fmt.Sprintf("%-8.2f %.2f", q.mean, q.p95) }

// play plays one policy.
func (w *workload) play(p policy) (*row, error) {
	d, err := newPlay(w, p)
	if err != nil {
		return nil, err
	}
	if err := d.run(); err != nil {
		return nil, err
	}
	r := &row{name: p.name, decisions: d.launched, perSecond: float64(d.launched) / d.spent.Seconds()}
	ends := make([]time.Duration, len(w.jobs))
	for i := range d.state {
		ends[i] = d.state[i].end
		r.unfair = max(r.unfair, d.state[i].deficit)
	}
	r.slowdowns(w, ends)
	r.local = locality(w, func(j *job) (int, int) {
		return d.state[j.id].local, d.state[j.id].mapRuns
	})
	for _, x := range d.fairness.windows {
		r.jain += x / float64(len(d.fairness.windows))
	}
	return r, nil
}

// oracle is the last line.
func (w *workload) oracle() *row {
	r := &row{name: "oracle (bounds)", jain: 1}
	r.slowdowns(w, w.fluidEnds())
	r.local = locality(w, func(j *job) (int, int) { return w.cluster.matched(j), j.maps })
	return r
}

func (r *row) slowdowns(w *workload, ends []time.Duration) {
	var small, large []float64
	for i := range w.jobs {
		j := &w.jobs[i]
		s := (ends[i] - j.arrive).Seconds() / w.alone(j).Seconds()
		switch {
		case j.maps <= 10:
			small = append(small, s)
		case j.maps >= 400:
			large = append(large, s)
		}
		r.makespan = max(r.makespan, ends[i]-w.jobs[0].arrive)
	}
	r.small, r.large = measureOf(small), measureOf(large)
}

// locality gives the percent of local maps by the size of their jobs.
func locality(w *workload, of func(*job) (local, all int)) (list []float64) {
	for _, size := range localSizes {
		local, all := 0, 0
		for i := range w.jobs {
			if w.jobs[i].maps == size {
				l, a := of(&w.jobs[i])
				local, all = local+l, all+a
			}
		}
		list = append(list, 100*float64(local)/float64(max(all, 1)))
	}
	return list
}
