package am

import (
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// leaveEvery is how often executors that leave are looked at.
const leaveEvery = 50 * time.Millisecond

// margin is how long before the cluster's deadline an executor goes by itself: a container that is
// given back ends in peace, and one that is taken costs the cluster a round more.
const margin = 500 * time.Millisecond

// leaving is an executor's way out: it gets no new tasks, and is given back when those it has are
// done or its time is over. Nobody counts that as a failure.
type leaving struct {
	on  bool
	by  time.Duration
	why string
	// serves keeps it until then while a running job needs its map outputs and nobody else can serve
	// them. Nobody waits for a node that is being decommissioned; for a container that is to go to
	// another application somebody does.
	serves bool
}

// leave sends an executor on its way out. An earlier deadline than before counts.
func (l *loop) leave(e *executor, left time.Duration, why string) {
	by := l.now() + max(left-margin, 0)
	if e.leaving.on {
		e.leaving.by = min(e.leaving.by, by)
		return
	}
	e.leaving = leaving{on: true, by: by, why: why}
	l.Log.Info("executor leaves", "executor", e.id, "in", left, "why", why)
	if e.conn != nil {
		l.step(scheduler.ExecutorDecommissioning{Executor: scheduler.ExecutorID(e.id)})
	}
	l.patrol = 0
}

// seeOff gives executors back that leave and are done, or have no time left.
func (l *loop) seeOff(now time.Duration) {
	known := map[scheduler.ExecutorID]scheduler.ExecutorStatus{}
	for _, e := range l.executors {
		if e == nil || !e.leaving.on {
			continue
		}
		if len(known) == 0 {
			for _, s := range l.machine.Status().Executors {
				known[s.ID] = s
			}
		}
		s := known[scheduler.ExecutorID(e.id)]
		if (s.Running > 0 || s.Needed && e.leaving.serves) && now < e.leaving.by {
			l.patrol = min(l.patrol, now+leaveEvery, e.leaving.by)
			continue
		}
		l.Log.Info("executor given back", "executor", e.id, "why", e.leaving.why)
		l.remove(e, e.leaving.why, false)
		l.release(e)
	}
}

// decommissioning lets the executors of a host leave: it takes no new ones, and what is computed
// elsewhere meanwhile need not be computed again.
func (l *loop) decommissioning(d containers.Decommissioning) {
	for _, e := range l.executors {
		if e != nil && e.container.Host == d.Host {
			l.leave(e, d.Left, "its node is being decommissioned")
			e.leaving.serves = true
		}
	}
}

// preempt gives back what the cluster wants: the containers it takes in any case, and as much as it
// would take otherwise, of the executors that cost least.
func (l *loop) preempt(p containers.Preempt) {
	const why = "the cluster wants its container back"
	for _, id := range p.Taken {
		if e := l.containers[id]; e != nil {
			l.leave(e, p.Deadline, why)
		}
	}
	var need resource.Vector
	for _, id := range p.Named {
		if e := l.containers[id]; e != nil && !e.leaving.on {
			need = sum(need, e.container.Resource)
		}
	}
	for _, id := range cheapest(l.costs(), need) {
		l.leave(l.executors[id], p.Deadline, why)
	}
}
