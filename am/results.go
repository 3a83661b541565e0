package am

import (
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// batch is a TasksEnded message while the machine looks at it: the machine sees numbers, and what
// the accepted ones brought is found here.
type batch struct {
	executor *executor
	message  *control.TasksEnded
	group    int // where the search for the next accepted task goes on
	task     int
	detail   int
}

// tasksEnded steps a batch. The machine answers with TasksAccepted at once, in the same order.
func (l *loop) tasksEnded(e *executor, m *control.TasksEnded) {
	ends, err := taskEnds(m)
	if err != nil {
		l.drop(e, err)
		return
	}
	for _, g := range m.Stages {
		l.counts.add(g.Counters)
		l.history.worked(g)
	}
	for i := range ends {
		if ends[i].Outcome == scheduler.Failed || ends[i].Outcome == scheduler.FetchFailed {
			l.counts.FailedTasks++
		}
	}
	if fetchFailed(ends) {
		l.newEpoch() // before the machine launches anybody again
	}
	l.unserved(m)
	l.batch = &batch{executor: e, message: m}
	e.did(l.now(), ends)
	l.step(scheduler.TasksEnded{
		Executor: scheduler.ExecutorID(e.id), Ends: ends, Read: recordsRead(m),
	})
	l.act()
	l.batch = nil
	e.conn.chunks.forget(ends)
	l.changed = true
}

// accept uses what accepted tasks brought, each once.
func (l *loop) accept(a scheduler.TasksAccepted) {
	l.mark(&l.marks.FirstTask)
	l.counts.Tasks += int64(len(a.Tasks))
	for _, t := range a.Tasks {
		g, i, d := l.batch.find(t)
		if g == nil {
			continue
		}
		l.take(t, g, i, d)
	}
}

// find goes forward to a task, since both lists are in one order.
func (b *batch) find(t dag.Task) (*control.StageEnds, int, *control.Detail) {
	for b != nil && b.group < len(b.message.Stages) {
		g := b.message.Stages[b.group]
		if g.Stage == int32(t.Stage) {
			for ; b.task < len(g.Partitions); b.task++ {
				if g.Partitions[b.task] == t.Partition && g.Attempts[b.task] == t.Attempt {
					i := b.task
					b.task++
					return g, i, b.detailOf(g, i)
				}
			}
		}
		b.group, b.task, b.detail = b.group+1, 0, 0
	}
	return nil, 0, nil
}

func (b *batch) detailOf(g *control.StageEnds, i int) *control.Detail {
	for b.detail < len(g.Details) && int(g.Details[b.detail].Index) < i {
		b.detail++
	}
	if b.detail < len(g.Details) && int(g.Details[b.detail].Index) == i {
		return g.Details[b.detail]
	}
	return nil
}

// take delivers one task's value and accumulators to its job.
func (l *loop) take(t dag.Task, g *control.StageEnds, i int, d *control.Detail) {
	l.keepFile(t, g, i)
	j := l.jobOf(t.Stage)
	if j == nil {
		return
	}
	out := delivery{partition: -1}
	if j.Result().ID == t.Stage && i < len(g.Values) {
		out.partition, out.value = t.Partition, g.Values[i]
		if d.GetChunked() {
			out.value = l.batch.executor.conn.chunks.take(t)
		}
		j.bytes += int64(len(out.value))
		l.checkSize(j, j.bytes)
	}
	out.accumulators = d.GetAccumulators()
	if out.partition >= 0 || len(out.accumulators) > 0 {
		j.out.put(out)
	}
}

// checkSize ends a job whose results would fill the driver's memory.
func (l *loop) checkSize(j *job, bytes int64) {
	limit := int64(conf.DriverMaxResultSize.Get(l.Conf))
	if limit > 0 && bytes > limit {
		l.cancel(j, fmt.Errorf("%w: they have more than %d MB (weft.driver.maxResultSize); "+
			"save them to files instead, or raise the limit", ErrResultTooLarge, limit>>20))
	}
}
