package am

import (
	"cmp"
	"slices"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// A cost is what the application loses with an executor.
type cost struct {
	id     control.ExecutorID
	has    resource.Vector
	tasks  int           // that it runs
	cached int           // partitions of persisted datasets that it holds
	work   time.Duration // how long its tasks have been running, all together
}

// compare orders costs: an idle executor is cheaper than a busy one, one without cached data than
// one with, and then the one whose tasks have done less; of equal ones the younger.
func (c cost) compare(o cost) int {
	order := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(order(c.tasks > 0)-order(o.tasks > 0), order(c.cached > 0)-order(o.cached > 0),
		cmp.Compare(c.work, o.work), cmp.Compare(o.id, c.id))
}

// costs are those of the executors that could be given back.
func (l *loop) costs() (all []cost) {
	cached := map[control.ExecutorID]int{}
	for _, holders := range l.blocks {
		for _, ids := range holders {
			for _, id := range ids {
				cached[id]++
			}
		}
	}
	for _, e := range l.executors {
		if e != nil && !e.leaving.on && !e.gone {
			all = append(all, cost{id: e.id, has: e.container.Resource, tasks: e.work.tasks,
				cached: cached[e.id], work: e.work.done(l.now())})
		}
	}
	return all
}

// cheapest picks executors that together have what is needed, those that cost least first. One that
// has nothing of what is still lacking is kept. It sorts its argument.
func cheapest(all []cost, need resource.Vector) []control.ExecutorID {
	slices.SortFunc(all, cost.compare)
	var out []control.ExecutorID
	for _, c := range all {
		if helps(c.has, need) {
			out = append(out, c.id)
			need = less(need, c.has)
		}
	}
	return out
}

// helps says whether an executor has any of what is lacking.
func helps(has, need resource.Vector) bool {
	return need.Memory > 0 && has.Memory > 0 || need.Cores > 0 && has.Cores > 0 ||
		slices.ContainsFunc(need.Extra, func(a resource.Amount) bool { return has.Of(a.Name) > 0 })
}

// sum of two executors' resources.
func sum(a, b resource.Vector) resource.Vector {
	extra := append(append([]resource.Amount(nil), a.Extra...), b.Extra...)
	return resource.Make(a.Memory+b.Memory, a.Cores+b.Cores, extra...)
}

// less is need without what is there; nothing is less than nothing.
func less(need, has resource.Vector) resource.Vector {
	var extra []resource.Amount
	for _, a := range need.Extra {
		extra = append(extra, resource.Amount{Name: a.Name, Count: max(a.Count-has.Of(a.Name), 0)})
	}
	return resource.Make(max(need.Memory-has.Memory, 0), max(need.Cores-has.Cores, 0), extra...)
}

// work is how much the tasks of an executor have done: their number, and when they began, summed
// up, so that no list of them is needed.
type work struct {
	tasks int
	begun time.Duration
}

func (w *work) started(now time.Duration, tasks int) {
	w.tasks += tasks
	w.begun += now * time.Duration(tasks)
}

// ended takes a task off that ran for so long; 0 stands for one of which nobody knows.
func (w *work) ended(now, ran time.Duration) {
	switch {
	case w.tasks <= 1:
		*w = work{}
	case ran > 0:
		w.tasks, w.begun = w.tasks-1, w.begun-(now-ran)
	default:
		w.begun -= w.begun / time.Duration(w.tasks)
		w.tasks--
	}
}

func (w *work) done(now time.Duration) time.Duration {
	return max(now*time.Duration(w.tasks)-w.begun, 0)
}

// begun counts tasks that an executor was given.
func (e *executor) begun(now time.Duration, ranges []scheduler.TaskRange) {
	for _, r := range ranges {
		e.work.started(now, int(r.Count))
	}
}

// did counts tasks that ended.
func (e *executor) did(now time.Duration, ends []scheduler.TaskEnd) {
	for i := range ends {
		e.work.ended(now, ends[i].Duration)
	}
}
