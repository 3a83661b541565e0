package am

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/resource"
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
	l.seeOff(now)
	l.quorum.release(l)
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

// starving remembers when the last task was launched.
type starving struct {
	since  time.Duration
	notice string
}

func (s *starving) fed(now time.Duration) { *s = starving{since: now} }

// warnStarving says, each weft.starvation.timeout, that jobs wait and nobody takes their tasks.
func (l *loop) warnStarving(now time.Duration) {
	limit := conf.StarvationTimeout.Get(l.Conf)
	if len(l.jobs) == 0 || l.jobs[0].held || limit <= 0 || now-l.starving.since < limit || l.busy() {
		return
	}
	l.starving.since = now
	l.starving.notice = fmt.Sprintf("no executor has accepted tasks for %s: %d of %d executors "+
		"are registered; %s", limit, l.registered(), l.target, l.relief())
	l.Log.Warn(l.starving.notice)
	l.changed = true
}

// relief is what may help where no task is launched.
func (l *loop) relief() string {
	if l.registered() > 0 {
		return l.whyPending()
	}
	if len(l.containers) > 0 {
		return "containers were granted and no executor came up in them; look at their logs"
	}
	r := l.profiles.Shape(resource.Default).Executor
	return fmt.Sprintf("the cluster has granted no container of %d MB and %d cores; look at its "+
		"queue, or lower weft.executor.memory and weft.executor.cores", r.Memory, r.Cores)
}

// whyPending is the scheduler's own reason.
func (l *loop) whyPending() string {
	for _, s := range l.machine.Status().Stages {
		if s.Pending > 0 && s.Why != "" {
			return fmt.Sprintf("stage %d (%s): %s", s.ID, s.Name, s.Why)
		}
	}
	return "look at the executors' logs"
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
