package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

// errStop ends the executor in peace.
var errStop = errors.New("the driver said stop")

// receive does what the driver says, in order. It always ends with an error, because an executor
// without a driver has nothing to live for.
func (e *Executor) receive(ctx context.Context) error {
	for {
		m, err := e.link.Recv()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return fmt.Errorf("the driver is gone: %w", err)
		}
		if err := e.obey(m); err != nil {
			return err
		}
	}
}

func (e *Executor) obey(m *control.ToExecutor) error {
	switch m := m.Message.(type) {
	case *control.ToExecutor_Template:
		e.stages.add(e.Program, m.Template)
	case *control.ToExecutor_Launch:
		return e.launch(m.Launch)
	case *control.ToExecutor_Kill:
		e.kill(m.Kill)
	case *control.ToExecutor_Drop:
		e.drop(m.Drop)
	case *control.ToExecutor_Stop:
		e.Log.Debug("stopping", "executor", e.ID, "reason", m.Stop.Reason)
		return errStop
	default:
		return fmt.Errorf("the driver sent %T", m)
	}
	return nil
}

func (e *Executor) launch(m *control.LaunchTasks) error {
	s := e.stages.find(m.Stage)
	if s == nil || len(m.Ranges)%3 != 0 {
		return fmt.Errorf("the driver sent tasks of stage %d without its template", m.Stage)
	}
	e.outputs.advance(m.Epoch)
	e.spread.Store(m.Spread)
	for r := m.Ranges; len(r) > 0; r = r[3:] {
		first, count := r[0], r[1]
		if first < 0 || count < 1 || first > s.template.Tasks-count {
			return fmt.Errorf("the driver sent tasks %d+%d of stage %d, which has %d",
				first, count, m.Stage, s.template.Tasks)
		}
		e.queue.put(span{stage: s, next: first, end: first + count, attempt: r[2]})
	}
	return nil
}

// kill stops tasks that run and reports those that did not begin. One that is neither has just
// ended, and its report is under way.
func (e *Executor) kill(m *control.KillTasks) {
	for t := m.Tasks; len(t) >= 3; t = t[3:] {
		task := dag.Task{Stage: dag.StageID(t[0]), Partition: t[1], Attempt: t[2]}
		if s, ok := e.queue.remove(task); ok {
			e.report.killed(s, task, m.Reason)
			continue
		}
		if m.Queued {
			continue
		}
		for i := range e.slots {
			e.slots[i].kill(task, m.Reason)
		}
	}
}

// drop forgets what nobody will ask for. Removing files may take a while, and the stream waits
// for it, which is as well: a shuffle's number never comes again.
func (e *Executor) drop(m *control.Drop) {
	for _, id := range m.Stages {
		e.stages.drop(id)
	}
	for _, id := range m.Shuffles {
		e.outputs.drop(dag.ShuffleID(id))
		if err := e.store.Remove(shuffle.ShuffleID(id)); err != nil {
			e.Log.Warn("remove shuffle files", "shuffle", id, "error", err)
		}
	}
	for _, id := range m.Datasets {
		e.cache.drop(dag.DatasetID(id))
	}
	for _, id := range m.Broadcasts {
		e.broadcasts.drop(id)
	}
}
