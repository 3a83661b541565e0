package am

import (
	"context"
	"fmt"
	"slices"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// Commit answers whether a task may publish its output.
func (d *Driver) Commit(
	ctx context.Context, q *control.CommitRequest,
) (*control.CommitReply, error) {
	t := dag.Task{Stage: dag.StageID(q.Stage), Partition: q.Partition, Attempt: q.Attempt}
	return ask(ctx, d, func(l *loop, reply chan<- *control.CommitReply) {
		e := l.executor(scheduler.ExecutorID(q.Executor))
		if e == nil || e.gone {
			reply <- &control.CommitReply{Why: fmt.Sprintf("executor e%d is taken for lost", q.Executor)}
			return
		}
		l.commits = append(l.commits, commitWait{t, reply})
		l.step(scheduler.CommitAsked{Task: t})
	})
}

// commitWait is a task that waits for the machine's answer, which comes in the same turn.
type commitWait struct {
	task  dag.Task
	reply chan<- *control.CommitReply
}

func (l *loop) answerCommit(a scheduler.AnswerCommit) {
	l.commits = slices.DeleteFunc(l.commits, func(w commitWait) bool {
		if w.task != a.Task {
			return false
		}
		w.reply <- &control.CommitReply{Granted: a.Granted, Why: a.Why}
		return true
	})
}
