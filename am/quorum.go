package am

import (
	"fmt"
	"math"
	"time"

	"github.com/weft-data/weft/conf"
)

// quorum is the rule that the first jobs wait until enough executors are registered. Tasks that
// began on the first executor would be placed far from their data, and read from there.
type quorum struct {
	need  int // executors
	until time.Duration
	over  bool // once met, it is met for good
}

func quorumOf(d *Driver) quorum {
	ratio := conf.SchedulerMinRegisteredRatio.Get(d.Conf)
	return quorum{
		need:  int(math.Ceil(ratio * float64(d.initial))),
		until: conf.SchedulerMaxRegisteredWait.Get(d.Conf),
	}
}

func (q *quorum) met(l *loop) bool {
	q.over = q.over || l.registered() >= q.need || l.now() >= q.until
	if !q.over {
		l.patrol = min(l.patrol, q.until)
		l.starving.notice = fmt.Sprintf("waiting for executors: %d of %d are registered; jobs begin "+
			"with %d of them, or after %s (weft.scheduler.minRegisteredResourcesRatio)",
			l.registered(), l.initial, q.need, q.until)
	}
	return q.over
}

// release lets the jobs begin that wait, once enough executors are there or it has taken too long.
func (q *quorum) release(l *loop) {
	if q.over || len(l.jobs) == 0 || !q.met(l) {
		return
	}
	if n := l.registered(); n < q.need {
		l.Log.Warn("jobs begin with fewer executors than they should",
			"registered", n, "wanted", l.initial, "waited", q.until)
	}
	l.starving.fed(l.now())
	for _, j := range append([]*job(nil), l.jobs...) {
		if j.held {
			j.held = false
			l.begin(j)
		}
	}
}
