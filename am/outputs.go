package am

import (
	"context"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// MapOutputs says where the outputs of a shuffle are, and the epoch of that knowledge. The epoch
// rises whenever outputs may have been lost, and every launch carries it: executors ask again for
// what they learned before.
func (d *Driver) MapOutputs(
	ctx context.Context, q *control.MapOutputsRequest,
) (*control.MapOutputsReply, error) {
	return ask(ctx, d, func(l *loop, reply chan<- *control.MapOutputsReply) {
		reply <- l.mapOutputs(dag.ShuffleID(q.Shuffle))
	})
}

// mapOutputs makes an answer once for each epoch: hundreds of executors ask for the same. One with
// a missing output is not kept, since the output may come without a new epoch.
func (l *loop) mapOutputs(id dag.ShuffleID) *control.MapOutputsReply {
	if r := l.replies[id]; r != nil {
		return r
	}
	outputs, _, ok := l.machine.Outputs(id)
	r := &control.MapOutputsReply{Epoch: l.epoch}
	if !ok { // a shuffle that is gone has one missing output
		r.Place, r.Attempt = []int32{-1}, []int32{-1}
		return r
	}
	whole := true
	at := make(map[scheduler.ExecutorID]int32)
	shared := l.files[id]
	for i, o := range outputs {
		place := l.place(r, at, o.Executor)
		whole = whole && place >= 0
		r.Place, r.Attempt = append(r.Place, place), append(r.Attempt, o.Attempt)
		if shared != nil {
			r.Files = append(r.Files, shared.of(i, o.Attempt))
		}
	}
	if whole {
		l.replies[id] = r
	}
	return r
}

// place gives the index of an executor in a reply, -1 for one that is not there.
func (l *loop) place(
	r *control.MapOutputsReply, at map[scheduler.ExecutorID]int32, id scheduler.ExecutorID,
) int32 {
	if i, ok := at[id]; ok {
		return i
	}
	e := l.writer(id)
	if e == nil {
		return -1
	}
	at[id] = int32(len(r.Places))
	r.Places = append(r.Places, e.place())
	return at[id]
}

func (e *executor) place() *control.Place {
	return &control.Place{Executor: int32(e.id), Host: e.host, Blocks: e.blocks, Service: e.service}
}

// newEpoch makes executors ask again for map outputs.
func (l *loop) newEpoch() {
	l.epoch++
	clear(l.replies)
}
