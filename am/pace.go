package am

import (
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// heartbeat keeps what an executor tells of itself, and passes on how far its tasks are.
func (l *loop) heartbeat(e *executor, m *control.Heartbeat) {
	e.beat = m
	if len(m.Tasks) != 3*len(m.Records) {
		l.drop(e, errRagged)
		return
	}
	if len(m.Records) == 0 {
		return
	}
	tasks := make([]scheduler.TaskProgress, len(m.Records))
	for i, t := 0, m.Tasks; i < len(tasks); i, t = i+1, t[3:] {
		tasks[i].Task = dag.Task{Stage: dag.StageID(t[0]), Partition: t[1], Attempt: t[2]}
		tasks[i].Records = m.Records[i]
	}
	l.step(scheduler.TasksProgressed{Executor: scheduler.ExecutorID(e.id), Tasks: tasks})
}

// recordsRead is what the successful tasks of a batch read, by stage.
func recordsRead(m *control.TasksEnded) (read []scheduler.StageRecords) {
	for _, g := range m.Stages {
		if n := g.GetCounters().GetRecordsRead(); n > 0 {
			read = append(read, scheduler.StageRecords{Stage: dag.StageID(g.Stage), Records: n})
		}
	}
	return read
}
