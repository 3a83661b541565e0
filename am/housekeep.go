package am

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
)

// patrolEvery is how often silence is looked for.
const patrolEvery = time.Second

// housekeep notices what does not happen: heartbeats, reasons of lost executors, launches.
func (l *loop) housekeep() {
	now := l.now()
	l.patrol = now + patrolEvery
	for _, e := range l.executors {
		if e != nil {
			l.inspect(e, now)
		}
	}
	l.warnStarving(now)
	l.tracker.tell(l)
}

// inspect gives up an executor that is silent, or whose container does not say why it ended.
func (l *loop) inspect(e *executor, now time.Duration) {
	timeout := conf.NetworkTimeout.Get(l.Conf)
	var reason string
	switch {
	case e.gone && now-e.goneAt >= reasonTime:
		reason = fmt.Sprintf("its stream ended: %v", e.goneFor)
	case e.gone || timeout <= 0 || now-e.heard < timeout:
		return
	case e.conn == nil:
		reason = fmt.Sprintf("it did not register in %s", timeout)
	default:
		reason = fmt.Sprintf("nothing heard from it for %s (weft.network.timeout)", timeout)
	}
	l.lost(e, reason, false)
	l.release(e)
}

// release gives back the container of an executor that is out of the books.
func (l *loop) release(e *executor) {
	l.call(func(d *Driver) event { return d.giveBack(e.container.ID) })
}

// starvingTime is how long tasks may wait without any launch before people are told.
const starvingTime = 15 * time.Second

// starving remembers when the last task was launched.
type starving struct {
	since  time.Duration
	notice string
}

func (s *starving) fed(now time.Duration) { *s = starving{since: now} }

// warnStarving says, each 15 s, that jobs wait and nobody takes their tasks.
func (l *loop) warnStarving(now time.Duration) {
	if len(l.jobs) == 0 || now-l.starving.since < starvingTime || l.busy() {
		return
	}
	l.starving.since = now
	l.starving.notice = fmt.Sprintf("no executor has accepted tasks for %s: %d of %d executors "+
		"are registered; look at the cluster's queue and at the executors' logs",
		starvingTime, l.registered(), l.wanted)
	l.Log.Warn(l.starving.notice)
	l.changed = true
}

// busy says whether any executor has tasks.
func (l *loop) busy() bool {
	for _, e := range l.machine.Status().Executors {
		if e.Running > 0 {
			return true
		}
	}
	return false
}

func (l *loop) registered() (n int) {
	for _, e := range l.executors {
		if e != nil && e.conn != nil && !e.gone {
			n++
		}
	}
	return n
}

// failures counts executors that the application itself is to blame for.
type failures struct {
	count int
	first string
}

// countFailure ends the application when executors fail again and again: each would be replaced
// by one that fails the same way.
func (l *loop) countFailure(e *executor, c containers.Completed) {
	l.failures.count++
	if l.failures.count == 1 {
		l.failures.first = fmt.Sprintf("executor %s on %s: %s", e.id, e.container.Host, c)
	}
	if limit := max(3, 2*l.wanted); l.failures.count > limit {
		l.fail(fmt.Errorf("%w (%d, %d are allowed); the first was %s",
			ErrTooManyFailures, l.failures.count, limit, l.failures.first))
	}
}
