package am

import (
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// chunks are values that are arriving in pieces on one stream. There are as many as the executor
// has slots.
type chunks []partial

type partial struct {
	task  dag.Task
	value []byte
}

// chunk keeps a piece of a large value.
func (l *loop) chunk(e *executor, m *control.ResultChunk) {
	t := dag.Task{Stage: dag.StageID(m.Stage), Partition: m.Partition, Attempt: m.Attempt}
	j := l.jobOf(t.Stage)
	if j == nil {
		return
	}
	p := e.conn.chunks.of(t)
	p.value = append(p.value, m.Data...)
	l.checkSize(j, j.bytes+int64(len(p.value)))
}

func (c *chunks) of(t dag.Task) *partial {
	for i := range *c {
		if (*c)[i].task == t {
			return &(*c)[i]
		}
	}
	*c = append(*c, partial{task: t})
	return &(*c)[len(*c)-1]
}

// take removes a value that is whole.
func (c *chunks) take(t dag.Task) []byte {
	for i, p := range *c {
		if p.task == t {
			*c = append((*c)[:i], (*c)[i+1:]...)
			return p.value
		}
	}
	return nil
}

// forget drops the values of ended tasks that were not accepted.
func (c *chunks) forget(ends []scheduler.TaskEnd) {
	for i := range ends {
		if len(*c) == 0 {
			return
		}
		c.take(ends[i].Task)
	}
}
