package scheduler

import (
	"slices"
	"time"
)

// Tasks queued behind busy slots are short on average, but one of those before them may be long.
// So an executor that has reported no end for a while, with tasks queued, while another has a free
// slot, is asked to give back what it has not begun. It answers with Killed for each that it still
// had in its queue, and those are launched elsewhere; what has begun goes on and counts.

// recallAfter is how many queue times an executor may be silent. Less would take back what is
// about to begin.
const recallAfter = 4

// recalls are the executors with tasks queued behind busy slots.
type recalls struct {
	behind []int32
	next   time.Duration // when they are looked at, or 0 while no slot is free
}

// watchQueue keeps the list of executors with queued tasks.
func (m *Machine) watchQueue(x int32) {
	e, l := &m.cluster.executors[x], &m.recalls
	behind := e.alive && e.queued > 0
	switch at := e.behindAt; {
	case behind == (at >= 0):
	case behind:
		e.behindAt = len(l.behind)
		l.behind = append(l.behind, x)
	default:
		last := l.behind[len(l.behind)-1]
		l.behind[at] = last
		m.cluster.executors[last].behindAt = at
		l.behind = l.behind[:len(l.behind)-1]
		e.behindAt = -1
	}
}

// stalls says whether an executor's tasks turned out to be long ones.
func (m *Machine) stalls(x int32) bool {
	return m.now-m.cluster.executors[x].ended >= recallAfter*m.conf.QueueTime
}

// recall looks now and then for tasks to take back while slots are free.
func (m *Machine) recall() {
	l := &m.recalls
	switch {
	case len(l.behind) == 0 || m.offers.open == 0:
		l.next = 0
	case l.next == 0:
		l.next = m.now + recallAfter*m.conf.QueueTime
	case m.now >= l.next:
		l.next = m.now + recallAfter*m.conf.QueueTime
		for _, x := range slices.Sorted(slices.Values(l.behind)) {
			if m.stalls(x) {
				m.takeBack(x, "it waits behind a long task, and another executor has a free slot")
			}
		}
		m.flushKills()
	}
}

// takeBack asks for the tasks that an executor has not begun, each once.
func (m *Machine) takeBack(x int32, reason string) {
	e := &m.cluster.executors[x]
	r, begun := e.firstRun, e.load-e.queued
	for n := 0; r != none; n, r = n+1, m.runs.table[r].nextOfExecutor {
		u := &m.runs.table[r]
		if n < begun || u.killed || u.recalled {
			continue
		}
		u.recalled = true
		m.changes.kills = append(m.changes.kills, kill{
			executor: e.id, task: u.stage.task(u.index, u.attempt), reason: reason, queued: true,
		})
	}
}
