package executor

import (
	"slices"
	"sync"

	"github.com/weft-data/weft/dag"
)

// span is neighbouring partitions of one stage that wait for a slot.
type span struct {
	stage     *stage
	next, end int32
	attempt   int32
}

// queue holds the tasks that wait for a slot, first in, first out. It stays as short as the
// driver's credit, and tasks in it cost nothing one by one.
type queue struct {
	mu struct {
		sync.Mutex
		spans  []span
		queued int // tasks in spans
		busy   int // tasks that were taken and not yet reported
		closed bool
		equipment
	}
	filled *sync.Cond // guarded by mu
}

func newQueue() *queue {
	q := &queue{}
	q.filled = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(s span) {
	q.mu.Lock()
	q.mu.spans = append(q.mu.spans, s)
	q.mu.queued += int(s.end - s.next)
	q.mu.Unlock()
	q.filled.Broadcast()
}

// taken is a task that left the queue, with what it holds of the executor.
type taken struct {
	stage     *stage
	task      dag.Task
	holding   holding
	addresses map[string][]string
}

// take waits for a task that can begin; ok is false once the queue is closed.
func (q *queue) take() (t taken, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.mu.closed && !q.equip(&t) {
		q.filled.Wait()
	}
	if q.mu.closed {
		return t, false
	}
	first := &q.mu.spans[0]
	t.stage = first.stage
	t.task = dag.Task{Stage: first.stage.id, Partition: first.next, Attempt: first.attempt}
	first.next++
	if first.next == first.end {
		q.mu.spans = slices.Delete(q.mu.spans, 0, 1)
	}
	q.mu.queued--
	q.mu.busy++
	return t, true
}

// equip gives the first task what it needs, if there is one and it is there. The caller holds mu.
func (q *queue) equip(t *taken) (ok bool) {
	if len(q.mu.spans) == 0 {
		return false
	}
	t.holding, ok = q.mu.equipment.take(q.mu.spans[0].stage.template)
	t.addresses = q.mu.addresses(t.holding)
	return ok
}

// give takes back what a task held.
func (q *queue) give(h holding) {
	if h.cpus == 0 && len(h.devices) == 0 {
		return
	}
	q.mu.Lock()
	q.mu.equipment.give(h)
	q.mu.Unlock()
	q.filled.Broadcast()
}

// done says that a taken task was reported. It tells whether the executor has nothing left to do.
func (q *queue) done() (idle bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.mu.busy--
	return q.mu.busy == 0 && q.mu.queued == 0
}

// waiting is how many tasks of a stage wait.
func (q *queue) waiting(s *stage) (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.mu.spans {
		if span := &q.mu.spans[i]; span.stage == s {
			n += int(span.end - span.next)
		}
	}
	return n
}

// remove takes one task out of the queue, if it is still there, and gives its stage.
func (q *queue) remove(t dag.Task) (*stage, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, s := range q.mu.spans {
		if !s.holds(t) {
			continue
		}
		left, right := s, s
		left.end, right.next = t.Partition, t.Partition+1
		rest := slices.DeleteFunc([]span{left, right}, func(s span) bool { return s.next == s.end })
		q.mu.spans = slices.Replace(q.mu.spans, i, i+1, rest...)
		q.mu.queued--
		return s.stage, true
	}
	return nil, false
}

// load is how many tasks run and how many wait.
func (q *queue) load() (running, queued int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.mu.busy, q.mu.queued
}

func (q *queue) close() {
	q.mu.Lock()
	q.mu.closed = true
	q.mu.Unlock()
	q.filled.Broadcast()
}

func (s *span) holds(t dag.Task) bool {
	return s.stage.id == t.Stage && s.attempt == t.Attempt &&
		s.next <= t.Partition && t.Partition < s.end
}
