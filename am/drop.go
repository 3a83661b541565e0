package am

import (
	"context"
	"fmt"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// Broadcast keeps a value for executors to fetch, and returns its id. The driver owns the bytes.
func (d *Driver) Broadcast(value []byte) int64 {
	d.broadcasts.Lock()
	defer d.broadcasts.Unlock()
	if d.broadcasts.values == nil {
		d.broadcasts.values = make(map[int64][]byte)
	}
	d.broadcasts.next++
	d.broadcasts.values[d.broadcasts.next] = value
	return d.broadcasts.next
}

// BroadcastValue finds a broadcast value for an executor.
func (d *Driver) BroadcastValue(_ context.Context, id int64) ([]byte, error) {
	d.broadcasts.Lock()
	defer d.broadcasts.Unlock()
	value, ok := d.broadcasts.values[id]
	if !ok {
		return nil, fmt.Errorf("broadcast %d does not exist, or was dropped", id)
	}
	return value, nil
}

// DropBroadcast forgets a broadcast value here and in the executors.
func (d *Driver) DropBroadcast(id int64) {
	d.broadcasts.Lock()
	delete(d.broadcasts.values, id)
	d.broadcasts.Unlock()
	d.post(dropped{drop: &control.Drop{Broadcasts: []int64{id}}})
}

// DropDataset forgets the blocks of a persisted dataset everywhere.
func (d *Driver) DropDataset(id dag.DatasetID) {
	d.post(dropped{
		drop: &control.Drop{Datasets: []int32{int32(id)}},
		step: scheduler.DatasetUnpersisted{Dataset: id},
	})
}

// DropShuffle forgets a shuffle and its files everywhere.
func (d *Driver) DropShuffle(id dag.ShuffleID) {
	d.post(dropped{
		drop: &control.Drop{Shuffles: []int32{int32(id)}},
		step: scheduler.ShuffleDropped{Shuffle: id},
	})
}

// dropped is the driver's word that nobody will ask for something any more.
type dropped struct {
	drop *control.Drop
	step scheduler.Event // nil where the machine never knew
}

func (p dropped) happen(l *loop) {
	switch e := p.step.(type) {
	case scheduler.DatasetUnpersisted:
		delete(l.blocks, e.Dataset)
	case scheduler.ShuffleDropped:
		l.newEpoch()
		delete(l.files, e.Shuffle)
		l.leftBehind(p.drop.Shuffles)
	}
	if p.step != nil {
		l.step(p.step)
	}
	l.everyone(&control.ToExecutor{Message: &control.ToExecutor_Drop{Drop: p.drop}})
}
