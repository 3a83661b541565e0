package am

import (
	"slices"
	"testing"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
)

func TestCheapestExecutorsGoFirst(t *testing.T) {
	size := resource.Make(1024, 1)
	gpu := resource.Make(1024, 1, resource.Amount{Name: "gpu", Count: 1})
	idle := cost{id: 1, has: size}
	idleCached := cost{id: 2, has: size, cached: 3}
	young := cost{id: 3, has: size, tasks: 1, work: time.Second}
	old := cost{id: 4, has: size, tasks: 1, work: time.Minute}
	busyCached := cost{id: 5, has: size, tasks: 1, cached: 1, work: time.Second}
	device := cost{id: 6, has: gpu, tasks: 4, work: time.Hour}
	all := []cost{busyCached, device, old, young, idleCached, idle}
	for _, c := range []struct {
		name string
		all  []cost
		need resource.Vector
		want []control.ExecutorID
	}{
		{"nothing", all, resource.Vector{}, nil},
		{"the idle one", all, size, []control.ExecutorID{1}},
		{"a little more than one has", all, resource.Make(1025, 1), []control.ExecutorID{1, 2}},
		{"the least done", all, resource.Make(4096, 4), []control.ExecutorID{1, 2, 3, 4}},
		{"data before time", all, resource.Make(5120, 5), []control.ExecutorID{1, 2, 3, 4, 6}},
		{"only one has it", all, gpu, []control.ExecutorID{1, 6}},
		{"more than there is", []cost{idle}, resource.Make(9999, 9), []control.ExecutorID{1}},
		{"the younger of equals", []cost{{id: 7, has: size}, {id: 8, has: size}}, size,
			[]control.ExecutorID{8}},
	} {
		if got := cheapest(slices.Clone(c.all), c.need); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWorkDone(t *testing.T) {
	var w work
	w.started(10*time.Second, 2)
	w.started(20*time.Second, 1)
	if got := w.done(30 * time.Second); got != 50*time.Second {
		t.Errorf("20+20+10 s of work are %s", got)
	}
	w.ended(30*time.Second, 20*time.Second)
	if got := w.done(30 * time.Second); got != 30*time.Second {
		t.Errorf("20+10 s of work are %s", got)
	}
	w.ended(30*time.Second, 0) // one of the others
	w.ended(31*time.Second, time.Second)
	if got := w.done(40 * time.Second); got != 0 || w.tasks != 0 {
		t.Errorf("an idle executor has done %s with %d tasks", got, w.tasks)
	}
}

func TestOldFailuresDoNotCount(t *testing.T) {
	f := failures{window: time.Minute}
	for _, c := range []struct {
		at    time.Duration
		what  string
		count int
		first string
	}{
		{0, "a", 1, "a"},
		{30 * time.Second, "b", 2, "a"},
		{60 * time.Second, "c", 2, "b"},
		{200 * time.Second, "d", 1, "d"},
	} {
		if count, first := f.add(c.at, c.what); count != c.count || first != c.first {
			t.Errorf("%s: %d, first %s", c.what, count, first)
		}
	}
	all := failures{}
	all.add(0, "a")
	if count, first := all.add(1000*time.Hour, "b"); count != 2 || first != "a" {
		t.Errorf("without a window: %d, first %s", count, first)
	}
}
