package am

import (
	"context"
	"slices"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// blocksChanged notes which blocks an executor has now, here and in the machine.
func (l *loop) blocksChanged(e *executor, m *control.Blocks) {
	dataset, id := dag.DatasetID(m.Dataset), scheduler.ExecutorID(e.id)
	if l.blocks[dataset] == nil {
		l.blocks[dataset] = make(map[int32][]control.ExecutorID)
	}
	holders := l.blocks[dataset]
	for _, p := range m.Cached {
		if !slices.Contains(holders[p], e.id) {
			holders[p] = append(holders[p], e.id)
		}
	}
	for _, p := range m.Dropped {
		removeHolder(holders, p, e.id)
	}
	if len(m.Cached) > 0 {
		l.step(scheduler.BlocksCached{Executor: id, Dataset: dataset, Partitions: m.Cached})
	}
	if len(m.Dropped) > 0 {
		l.step(scheduler.BlocksDropped{Executor: id, Dataset: dataset, Partitions: m.Dropped})
	}
}

func removeHolder(holders map[int32][]control.ExecutorID, partition int32, id control.ExecutorID) {
	left := slices.DeleteFunc(holders[partition], func(e control.ExecutorID) bool { return e == id })
	if len(left) == 0 {
		delete(holders, partition)
		return
	}
	holders[partition] = left
}

// forgetBlocks takes a lost executor out of all lists; the machine does so by itself.
func (l *loop) forgetBlocks(id control.ExecutorID) {
	for _, holders := range l.blocks {
		for p := range holders {
			removeHolder(holders, p, id)
		}
	}
}

// Locate says who holds a block of a persisted dataset.
func (d *Driver) Locate(
	ctx context.Context, q *control.LocateRequest,
) (*control.LocateReply, error) {
	return ask(ctx, d, func(l *loop, reply chan<- *control.LocateReply) {
		r := &control.LocateReply{}
		for _, id := range l.blocks[dag.DatasetID(q.Dataset)][q.Partition] {
			if e := l.executor(scheduler.ExecutorID(id)); e != nil && !e.gone {
				r.Places = append(r.Places, e.place())
			}
		}
		reply <- r
	})
}
