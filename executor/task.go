package executor

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

// Task is one task while it runs, and all that it may use. It belongs to the goroutine that runs
// the task; what it hands out is good until Run returns.
type Task struct {
	dag.Task
	Job dag.JobID
	// Partitions is the number of the stage's partitions.
	Partitions int
	// Shuffle is what a map task writes, in Reduces partitions; dag.NoShuffle in a result task.
	Shuffle dag.ShuffleID
	Reduces int

	// Devices are the addresses of what the task has of named resources; one of which it has a
	// part has other tasks as well.
	Devices map[string][]string

	Files  *fs.Resolver
	Dirs   []string // local directories for scratch files
	Memory shuffle.Memory
	Log    hclog.Logger
	Conf   *conf.Conf

	executor *Executor
	stage    *stage
	memory   *taskMemory
	held     *taskMemory          // of rows that wait for their group
	written  shuffle.WriterConfig // of the map output
	cached   []block              // what it read from this executor's cache
	read     atomic.Int64
}

// task makes what one task may use.
func (e *Executor) task(t *taken) *Task {
	s, id := t.stage, t.task
	m := &taskMemory{budget: e.memory, limit: e.share}
	return &Task{
		Task: id, Job: dag.JobID(s.template.Job), Partitions: int(s.template.Tasks),
		Shuffle: dag.ShuffleID(s.template.Shuffle), Reduces: int(s.template.Reduces),
		Files: e.Files, Dirs: e.Dirs, Memory: m, Log: e.Log, Conf: e.conf,
		Devices:  t.addresses,
		executor: e, stage: s, memory: m, held: &taskMemory{budget: e.memory, limit: e.groups.memory},
	}
}

// close gives back what the task holds.
func (t *Task) close() { t.memory.close() }

// Read adds records that the task read from a source; those of shuffles are counted already. The
// driver learns of them while the task runs, and takes a task that reads on at its stage's pace for
// no slow one. It costs as little as an atomic addition, and wants to be called for batches.
func (t *Task) Read(records int64) { t.read.Add(records) }

// distrust drops the cached blocks that the task read, one of which was damaged.
func (t *Task) distrust() {
	for _, b := range t.cached {
		t.executor.cache.distrust(b)
	}
}

// ShuffleReader reads one partition of a shuffle, in no particular order. The caller closes it.
// Where map outputs are missing the error is a *shuffle.FetchFailedError.
func (t *Task) ShuffleReader(
	ctx context.Context, id dag.ShuffleID, reduce int,
) (*shuffle.Reader, error) {
	c, err := t.executor.readerConfig(ctx, t, id, reduce)
	if err != nil {
		return nil, err
	}
	return shuffle.NewReader(ctx, c)
}

// ShuffleMerge is ShuffleReader for a shuffle that was written sorted: one stream, ordered by key.
func (t *Task) ShuffleMerge(
	ctx context.Context, id dag.ShuffleID, reduce int,
) (*shuffle.Records, error) {
	c, err := t.executor.readerConfig(ctx, t, id, reduce)
	if err != nil {
		return nil, err
	}
	return shuffle.Merge(ctx, c)
}

// ShuffleWriter starts the map output of a map task. The caller says how to write it (Sorted,
// Combine, Codec); what to write and where is filled in here.
func (t *Task) ShuffleWriter(c shuffle.WriterConfig) (*shuffle.Writer, error) {
	if t.Shuffle == dag.NoShuffle {
		return nil, fmt.Errorf("%s writes a map output, but its stage has no shuffle", t.Task)
	}
	c.Store = t.executor.store
	c.Shuffle, c.Map = shuffle.ShuffleID(t.Shuffle), shuffle.MapID(t.Partition)
	c.Attempt, c.Partitions = t.executor.driver.attempt(t.Attempt), t.Reduces
	c.Memory = t.Memory
	c.Hold, c.HoldMemory = t.executor.groups.limit(t.stage, t.Task), t.held
	t.written = c
	return shuffle.NewWriter(c)
}

// ShuffleCodec is how the application's map outputs are stored.
func (t *Task) ShuffleCodec() shuffle.Codec {
	switch conf.ShuffleCompress.Get(t.Conf) {
	case "zstd", "true":
		return shuffle.CodecZstd
	case "auto":
		if t.executor.spread.Load() {
			return shuffle.CodecAuto
		}
	}
	return shuffle.CodecNone
}

// Broadcast gives a broadcast value's bytes. They are fetched once for the executor and shared by
// its tasks, so nobody may change them.
func (t *Task) Broadcast(ctx context.Context, id int64) ([]byte, error) {
	return t.executor.broadcasts.bytes(ctx, id)
}

// Decoded gives what decode makes of a broadcast value's bytes. It is made once for the executor
// and shared by its tasks, so nobody may change it.
func (t *Task) Decoded(
	ctx context.Context, id int64, decode func([]byte) (any, error),
) (any, error) {
	return t.executor.broadcasts.decoded(ctx, id, decode)
}

// CacheGet reads a partition of a persisted dataset, from this executor or from another that has
// it. Without one, ok is false and the caller computes the partition. The caller closes the reader.
func (t *Task) CacheGet(
	ctx context.Context, dataset dag.DatasetID, partition int32,
) (r *shuffle.BlockReader, ok bool, err error) {
	return t.executor.cacheGet(ctx, t, block{dataset, partition})
}

// CachePut keeps a partition of a persisted dataset at the given level. The caller adds the
// records and ends with Commit or Abort.
func (t *Task) CachePut(
	dataset dag.DatasetID, partition int32, level plan.Level,
) (*CacheWriter, error) {
	return t.executor.cache.create(block{dataset, partition}, level)
}

// Commit asks the driver for permission to publish the task's output. One attempt of a partition
// gets it; the error of the others wraps ErrCommitDenied, and the task gives its output up.
func (t *Task) Commit(ctx context.Context) error { return t.executor.commit(ctx, t.Task) }
