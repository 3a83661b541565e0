package dynalloc

import (
	"strconv"
	"time"

	"github.com/weft-data/weft/resource"
)

// Executor is a number that the caller gives an executor: small, since an array is as long as the
// largest, and each once.
type Executor int32

// String gives "e3".
func (x Executor) String() string { return "e" + strconv.Itoa(int(x)) }

// Holding is what would be lost with an executor.
type Holding struct {
	Cached  bool // blocks of persisted datasets
	Outputs bool // map outputs that nobody else can serve
	Needed  bool // some of these for a job that runs
}

// executor is what is known of one.
type executor struct {
	profile resource.ID
	state   state
	since   time.Duration // it is idle, if it is
	timed   bool          // invariant: it has an entry in timers
	queued  bool          // invariant: it is in its profile's list of expired ones
	listed  bool          // invariant: it is in Allocator.kept
}

// state is where an executor is in its life; doc.go draws how they follow each other.
type state uint8

const (
	absent  state = iota // it never came, or is gone
	busy                 // it has tasks
	idle                 // its time is not over
	kept                 // it is, but for what the executor holds
	expired              // it is
	leaving              // released; it only has to go
)

// Join brings a new executor, without tasks.
func (a *Allocator) Join(now time.Duration, x Executor, id resource.ID) {
	for int(x) >= len(a.executors) {
		a.executors = append(a.executors, executor{})
	}
	a.executors[x] = executor{profile: id, state: busy}
	a.profile(id).count++
	a.Idle(now, x)
}

// Leave takes an executor out: it is lost, or will be soon and gets no more tasks.
func (a *Allocator) Leave(x Executor) {
	e := a.executor(x)
	if e.state == absent {
		return
	}
	if e.state != leaving {
		a.profile(e.profile).count--
	}
	e.state = absent
}

// Busy says that an executor has a task. It may be said again and costs next to nothing.
func (a *Allocator) Busy(x Executor) {
	e := a.executor(x)
	if e.state != absent && e.state != leaving {
		e.state = busy
	}
}

// Idle says that an executor's last task has ended. It may be said again and costs next to nothing.
func (a *Allocator) Idle(now time.Duration, x Executor) {
	e := a.executor(x)
	if e.state != busy {
		return
	}
	e.state, e.since = idle, now
	a.watch(x, now+a.settings.Idle)
}

// watch looks at an executor at the given time, or earlier.
func (a *Allocator) watch(x Executor, due time.Duration) {
	if e := &a.executors[x]; !e.timed {
		e.timed = true
		a.timers.push(timer{due, x})
	}
}

// Reconsider says that an executor may hold less than before.
func (a *Allocator) Reconsider(x Executor) {
	if a.executor(x).state == kept {
		a.changed = append(a.changed, x)
	}
}

// ReconsiderAll says so of all executors: a job has ended, a dataset is gone.
func (a *Allocator) ReconsiderAll() {
	for _, x := range a.kept {
		a.executors[x].listed = false
	}
	a.changed, a.kept = append(a.changed, a.kept...), a.kept[:0]
}

// executor finds one; unknown ones are absent.
func (a *Allocator) executor(x Executor) *executor {
	if x < 0 || int(x) >= len(a.executors) {
		return &executor{}
	}
	return &a.executors[x]
}

// expire looks at the executors whose idle time may be over.
func (a *Allocator) expire(now time.Duration) {
	for _, x := range a.changed {
		if a.executors[x].state == kept {
			a.judge(now, x)
		}
	}
	a.changed = a.changed[:0]
	for len(a.timers) > 0 && a.timers[0].due <= now {
		x := a.timers.pop().executor
		a.executors[x].timed = false
		if a.executors[x].state == idle {
			a.judge(now, x)
		}
	}
}

// judge decides what an executor without tasks is: idle for some time more, kept, or expired.
func (a *Allocator) judge(now time.Duration, x Executor) {
	e := &a.executors[x]
	limit, ends := a.patience(a.holds(x))
	switch {
	case !ends:
		e.state = kept
		if !e.listed {
			e.listed = true
			a.kept = append(a.kept, x)
		}
	case now < e.since+limit:
		e.state = idle
		a.watch(x, e.since+limit)
	default:
		e.state = expired
		if p := a.profile(e.profile); !e.queued {
			e.queued = true
			p.expired = append(p.expired, x)
		}
	}
}

// patience is how long an executor may be idle; ends is false where that is for ever.
func (a *Allocator) patience(h Holding) (d time.Duration, ends bool) {
	s := &a.settings
	if h.Needed || h.Cached && s.CachedIdle == 0 || h.Outputs && s.OutputsIdle == 0 {
		return 0, false
	}
	switch {
	case h.Cached && h.Outputs:
		return max(s.CachedIdle, s.OutputsIdle), true
	case h.Cached:
		return s.CachedIdle, true
	case h.Outputs:
		return s.OutputsIdle, true
	}
	return s.Idle, true
}
