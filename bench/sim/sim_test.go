package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// short is a small day, in no time.
func short() day {
	return day{cluster{nodes: 20, slots: 2, perRack: 5}, "test", 20, 100, 0.7, time.Second, time.Second}
}

// TestSameSeedSameTables: all but the measured speed follows from the seed.
func TestSameSeedSameTables(t *testing.T) {
	table := func(seed uint64) string {
		var out bytes.Buffer
		w := newWorkload(seed, short())
		head(&out, w)
		for _, p := range policies {
			r, err := w.play(p)
			if err != nil {
				t.Fatalf("%s: %v", p.name, err)
			}
			r.print(&out, false)
		}
		w.oracle().print(&out, false)
		return out.String()
	}
	first := table(1)
	if d := cmp.Diff(first, table(1)); d != "" {
		t.Error(d)
	}
	if first == table(2) {
		t.Error("another seed gives the same day")
	}
}

// TestPoliciesDoWhatTheyAreFor: sharing helps small jobs, waiting helps locality, and nobody beats the
// oracle's times.
func TestPoliciesDoWhatTheyAreFor(t *testing.T) {
	w := newWorkload(1, short())
	var rows []*row
	for _, p := range policies {
		r, err := w.play(p)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		rows = append(rows, r)
	}
	fifo, fair, wait, oracle := rows[0], rows[1], rows[2], w.oracle()
	if fair.small.mean > fifo.small.mean || fair.jain < fifo.jain {
		t.Errorf("FAIR serves small jobs worse than FIFO: %+v, %+v", fair, fifo)
	}
	if wait.local[0] <= fair.local[0] {
		t.Errorf("waiting gives no locality: %v, without %v", wait.local, fair.local)
	}
	for _, r := range rows {
		if r.small.mean < oracle.small.mean || r.makespan < oracle.makespan*99/100 {
			t.Errorf("%+v is better than the bound %+v", r, oracle)
		}
		if r.jain <= 0 || r.jain > 1 {
			t.Errorf("Jain's index is %v", r.jain)
		}
	}
}

func TestFairShares(t *testing.T) {
	for _, c := range []struct {
		running, waiting []int
		slots            int
		want             []float64
	}{
		{[]int{0, 0}, []int{10, 10}, 4, []float64{2, 2}},
		{[]int{0, 0}, []int{1, 10}, 4, []float64{1, 3}},
		{[]int{4, 0, 0}, []int{0, 1, 100}, 12, []float64{4, 1, 7}},
		{[]int{1}, []int{0}, 12, []float64{1}},
		{nil, nil, 12, []float64{}},
	} {
		var jobs []*jobState
		for i := range c.running {
			jobs = append(jobs, &jobState{running: c.running[i], waiting: c.waiting[i]})
		}
		if d := cmp.Diff(c.want, fairShares(jobs, c.slots)); d != "" {
			t.Errorf("%v running, %v waiting: %s", c.running, c.waiting, d)
		}
	}
}

func TestMatched(t *testing.T) {
	c := cluster{nodes: 3, slots: 1, perRack: 3}
	for _, x := range []struct {
		name   string
		blocks [][]int32
		want   int
	}{
		{"each its own", [][]int32{{0}, {1}, {2}}, 3},
		{"one has to move", [][]int32{{0, 1}, {0}, {1, 2}}, 3},
		{"a chain moves", [][]int32{{0, 1}, {1, 2}, {0}}, 3},
		{"all on one", [][]int32{{0}, {0}, {0}}, 1},
		{"two waves", [][]int32{{0}, {0}, {0}, {1}, {1}}, 4},
	} {
		if got := c.matched(&job{maps: len(x.blocks), blocks: x.blocks}); got != x.want {
			t.Errorf("%s: %d, want %d", x.name, got, x.want)
		}
	}
}

// TestCopiesLieAsInHDFS: three nodes, two racks.
func TestCopiesLieAsInHDFS(t *testing.T) {
	w := newWorkload(1, short())
	for _, j := range w.jobs {
		for _, b := range j.blocks {
			if b[1] == b[2] || w.rack(b[1]) != w.rack(b[2]) || w.rack(b[0]) == w.rack(b[1]) {
				t.Fatalf("copies on %v", b)
			}
		}
	}
}

// TestBareMachineEndsEveryTask: what -scheduler measures is whole stages.
func TestBareMachineEndsEveryTask(t *testing.T) {
	const tasks, executors = 2000, 10
	for _, k := range kinds {
		b := newBare(k, executors)
		b.submit(k, tasks, executors)
		b.run()
		want := tasks
		if k.maps {
			want++ // the result task that reads the maps
		}
		if b.accepted != want {
			t.Errorf("%s: %d tasks, want %d", k.name, b.accepted, want)
		}
	}
}
