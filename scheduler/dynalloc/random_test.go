package dynalloc_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// TestRandom plays random needs and executors. Targets stay within their limits and never rise
// above the need, only executors without tasks are released and never too many; in the end those
// that nobody needs have all gone, and a backlog that lasts has all that it can use.
func TestRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			w.randomStep(t)
			w.decide(t)
		}
		if rapid.Bool().Draw(t, "backlog") {
			w.backlog(t)
		} else {
			w.rest(t)
		}
	})
}

// world is what surrounds an Allocator of two profiles.
type world struct {
	a     *dynalloc.Allocator
	s     dynalloc.Settings
	now   time.Duration
	wake  time.Duration
	next  dynalloc.Executor
	there map[dynalloc.Executor]resource.ID // not released
	busy  map[dynalloc.Executor]bool
	holds map[dynalloc.Executor]dynalloc.Holding
	need  [2]dynalloc.Need
	want  [2]int
	slots int
}

func newWorld(t *rapid.T) *world {
	w := &world{
		wake: -1, there: map[dynalloc.Executor]resource.ID{}, busy: map[dynalloc.Executor]bool{},
		holds: map[dynalloc.Executor]dynalloc.Holding{}, slots: rapid.IntRange(1, 4).Draw(t, "slots"),
	}
	w.s = dynalloc.Settings{
		Policy: dynalloc.Policy(rapid.IntRange(0, 1).Draw(t, "policy")),
		Min:    rapid.IntRange(0, 3).Draw(t, "min"), Max: rapid.IntRange(4, 40).Draw(t, "max"),
		Initial: rapid.IntRange(0, 4).Draw(t, "initial"), CachedIdle: 5 * time.Minute,
		Ratio: rapid.SampledFrom([]float64{1, 0.5}).Draw(t, "ratio"),

		SpareCopies: rapid.Bool().Draw(t, "spare copies"),
	}.WithDefaults()
	var err error
	w.a, err = dynalloc.New(w.s, w.slots, func(x dynalloc.Executor) dynalloc.Holding {
		return w.holds[x]
	})
	if err != nil {
		t.Fatal(err)
	}
	w.a.Open(1, 1)
	w.decide(t)
	return w
}

func (w *world) randomStep(t *rapid.T) {
	w.pass(t, time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms"))*time.Millisecond)
	x := dynalloc.Executor(rapid.IntRange(0, int(w.next)).Draw(t, "executor"))
	_, there := w.there[x]
	switch rapid.IntRange(0, 6).Draw(t, "what") {
	case 0, 1:
		id := rapid.IntRange(0, 1).Draw(t, "profile")
		w.need[id] = dynalloc.Need{
			Pending:       rapid.IntRange(0, 30).Draw(t, "pending"),
			Running:       rapid.IntRange(0, 30).Draw(t, "running"),
			Copies:        rapid.IntRange(0, 2).Draw(t, "running copies"),
			Speculative:   rapid.IntRange(0, 2).Draw(t, "copies"),
			Unschedulable: rapid.IntRange(0, 1).Draw(t, "stuck"),
		}
		w.a.Need(resource.ID(id), w.need[id])
	case 2:
		id := resource.ID(rapid.IntRange(0, 1).Draw(t, "profile"))
		w.a.Join(w.now, w.next, id)
		w.there[w.next] = id
		w.next++
	case 3:
		w.a.Busy(x)
		w.busy[x] = there
	case 4:
		w.a.Idle(w.now, x)
		delete(w.busy, x)
	case 5:
		needed := rapid.Bool().Draw(t, "needed")
		w.holds[x] = dynalloc.Holding{Cached: rapid.Bool().Draw(t, "cached"), Outputs: needed, Needed: needed}
		w.a.Reconsider(x)
	case 6:
		w.a.Leave(x)
		w.forget(x)
	}
}

func (w *world) forget(x dynalloc.Executor) {
	delete(w.there, x)
	delete(w.busy, x)
}

// pass lets time pass, and asks whenever it is wanted.
func (w *world) pass(t *rapid.T, d time.Duration) {
	end := w.now + d
	for w.wake >= 0 && w.wake < end {
		w.now = w.wake
		w.decide(t)
	}
	w.now = end
}

func (w *world) decide(t *rapid.T) {
	before := w.want
	d := w.a.Decide(w.now)
	for _, target := range d.Targets {
		w.want[target.Profile] = target.Count
		w.checkSpare(t, target)
	}
	for id, want := range w.want {
		if want < w.s.Min || want > w.s.Max {
			t.Fatalf("target %d is not in %d to %d", want, w.s.Min, w.s.Max)
		}
		if want > before[id] && want > max(w.most(id), w.s.Initial) {
			t.Fatalf("target rises to %d, %d are of use", want, w.most(id))
		}
	}
	w.release(t, d.Release)
	if w.wake = d.Wake; w.wake >= 0 && w.wake <= w.now {
		t.Fatalf("at %s it wants to be asked at %s", w.now, w.wake)
	}
	if err := w.a.Check(); err != nil {
		t.Fatal(err)
	}
}

// checkSpare: spare executors are for copies, and leave enough for all other tasks.
func (w *world) checkSpare(t *rapid.T, target dynalloc.Target) {
	n := w.need[target.Profile]
	copies := n.Speculative + min(n.Copies, n.Running)
	others := n.Pending + n.Running + n.Speculative - copies
	least := int(math.Ceil(w.s.Ratio * float64(others) / float64(w.slotsOf(int(target.Profile)))))
	switch firm := target.Count - target.Spare; {
	case target.Spare < 0, target.Spare > 2*copies, target.Spare > 0 && !w.s.SpareCopies:
		t.Fatalf("%+v with %+v", target, n)
	case firm < min(target.Count, max(least, w.s.Min)):
		t.Fatalf("%+v leaves %d executors for %+v", target, firm, n)
	}
}

func (w *world) release(t *rapid.T, list []dynalloc.Executor) {
	for _, x := range list {
		id, there := w.there[x]
		if !there || w.busy[x] || w.holds[x].Needed {
			t.Fatalf("%s is released: there %v, busy %v, %+v", x, there, w.busy[x], w.holds[x])
		}
		w.forget(x)
		if n := w.count(id); n < max(w.want[id], w.s.Min) {
			t.Fatalf("%d executors are left, the target is %d", n, w.want[id])
		}
	}
}

func (w *world) count(id resource.ID) (n int) {
	for _, of := range w.there {
		if of == id {
			n++
		}
	}
	return n
}

// most is how many executors a profile's tasks can use, generously.
func (w *world) most(id int) int {
	n := w.need[id]
	return int(math.Ceil(w.s.Ratio*float64(n.Pending+n.Running+n.Speculative)/float64(w.slotsOf(id)))) +
		n.Speculative + n.Unschedulable*(1+w.count(resource.ID(id)))
}

func (w *world) slotsOf(id int) int {
	if id == 0 {
		return w.slots
	}
	return 1
}

// rest ends all work; whatever is not to be kept goes.
func (w *world) rest(t *rapid.T) {
	for id := range w.need {
		w.need[id] = dynalloc.Need{}
		w.a.Need(resource.ID(id), w.need[id])
	}
	for x := range w.next {
		w.a.Idle(w.now, x)
	}
	clear(w.busy)
	clear(w.holds)
	w.a.ReconsiderAll()
	w.decide(t)
	w.pass(t, time.Hour)
	w.decide(t)
	for id, want := range w.want {
		started := w.next > 0 || w.need[id] != (dynalloc.Need{})
		if n := w.count(resource.ID(id)); n > max(want, w.s.Min) || started && want > w.s.Initial {
			t.Fatalf("profile %d has %d executors and a target of %d, with nothing to do", id, n, want)
		}
	}
}

// backlog lets many tasks wait; in the end all that they can use is asked for.
func (w *world) backlog(t *rapid.T) {
	w.need[0] = dynalloc.Need{Pending: rapid.IntRange(1, 500).Draw(t, "pending")}
	w.a.Need(0, w.need[0])
	w.decide(t)
	w.pass(t, 10*time.Minute)
	w.decide(t)
	if want := max(min(w.most(0), w.s.Max), w.s.Min); w.want[0] != want {
		t.Fatalf("after ten minutes with %+v the target is %d, not %d", w.need[0], w.want[0], want)
	}
}
