package simulated

import (
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// blockKey is one partition of a persisted dataset.
type blockKey struct {
	dataset   dag.DatasetID
	partition int32
}

// cached notes who holds a block. News of a lost executor is too late.
func (d *driver) cached(x *executor, set dag.DatasetID, partition int32) {
	if e := d.entry(x.id); e == nil || !e.registered {
		return
	}
	k := blockKey{set, partition}
	if !slices.Contains(d.blocks[k], x.id) {
		d.blocks[k] = append(d.blocks[k], x.id)
	}
	d.step(scheduler.BlocksCached{Executor: x.id, Dataset: set, Partitions: []int32{partition}})
}

func (d *driver) uncached(x *executor, set dag.DatasetID, partition int32) {
	if d.entry(x.id) == nil {
		return
	}
	k := blockKey{set, partition}
	d.blocks[k] = without(d.blocks[k], x.id)
	d.step(scheduler.BlocksDropped{Executor: x.id, Dataset: set, Partitions: []int32{partition}})
}

func (d *driver) forgetBlocks(id scheduler.ExecutorID) {
	for k, holders := range d.blocks { // each for itself: the order does not matter
		d.blocks[k] = without(holders, id)
	}
}

// unpersist forgets a dataset everywhere.
func (d *driver) unpersist(set dag.DatasetID) {
	for k := range d.blocks {
		if k.dataset == set {
			delete(d.blocks, k)
		}
	}
	d.step(scheduler.DatasetUnpersisted{Dataset: set})
	for _, e := range d.books {
		if e != nil && e.registered {
			x := e.executor
			x.receive(func() {
				x.cached = slices.DeleteFunc(x.cached, func(b cachedBlock) bool { return b.dataset == set })
			})
		}
	}
}

// dropShuffle is the driver's garbage collection: nobody can submit a job over it any more.
func (d *driver) dropShuffle(id dag.ShuffleID) {
	d.epoch++
	d.step(scheduler.ShuffleDropped{Shuffle: id})
	for _, e := range d.books {
		if e != nil && e.registered {
			x := e.executor
			x.receive(func() {
				x.outputs = slices.DeleteFunc(x.outputs, func(o *stored) bool { return o.key.shuffle == id })
			})
		}
	}
}

func without(list []scheduler.ExecutorID, id scheduler.ExecutorID) []scheduler.ExecutorID {
	return slices.DeleteFunc(list, func(x scheduler.ExecutorID) bool { return x == id })
}
