package executor

import (
	"sync"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// A batch of ends leaves when it is this old, holds this many tasks or this many bytes, or when
// the executor has nothing else to do.
const (
	batchAge   = time.Millisecond
	batchTasks = 256
	batchBytes = 4 << 20
)

// ended is what a slot knows of a task that ended.
type ended struct {
	task   dag.Task
	took   time.Duration
	read   int64 // records
	result Result
	file   int32 // the map task whose name the output's file has, or ownFile
	err    error
}

// ownFile says that an output shares its file with no other.
const ownFile = -1

// fail makes the end a failure.
func (e *ended) fail(err error) { e.result, e.file, e.err = Result{}, ownFile, err }

// report collects what the driver is to be told. Slots add to it, one goroutine sends.
type report struct {
	queue *queue
	first chan struct{} // holds a token while there is something to send
	now   chan struct{} // holds a token while it should not wait for more
	mu    struct {
		sync.Mutex
		before []*control.FromExecutor // chunks and blocks: what must arrive before the ends
		stages []*control.StageEnds
		tasks  int
		bytes  int
	}
}

func newReport(q *queue) *report {
	return &report{queue: q, first: make(chan struct{}, 1), now: make(chan struct{}, 1)}
}

// ended adds the end of a task that ran.
func (r *report) ended(s *stage, end *ended) {
	r.mu.Lock()
	r.add(s, end)
	full := r.mu.tasks >= batchTasks || r.mu.bytes >= batchBytes
	r.mu.Unlock()
	signal(r.first)
	if idle := r.queue.done(); idle || full {
		signal(r.now)
	}
}

// killed adds the end of a task that never began.
func (r *report) killed(s *stage, t dag.Task, reason string) {
	r.mu.Lock()
	r.add(s, &ended{task: t, err: &killedError{reason}})
	r.mu.Unlock()
	signal(r.first)
	signal(r.now)
}

// blocks adds the news that blocks of a dataset came or went.
func (r *report) blocks(dataset dag.DatasetID, cached, dropped []int32) {
	m := &control.Blocks{Dataset: int32(dataset), Cached: cached, Dropped: dropped}
	r.mu.Lock()
	r.mu.before = append(r.mu.before,
		&control.FromExecutor{Message: &control.FromExecutor_Blocks{Blocks: m}})
	r.mu.Unlock()
	signal(r.first)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// add appends one task to the lists of its stage. The caller holds mu.
func (r *report) add(s *stage, end *ended) {
	g := r.group(s)
	g.Partitions = append(g.Partitions, end.task.Partition)
	g.Attempts = append(g.Attempts, end.task.Attempt)
	g.Micros = append(g.Micros, uint32(min(end.took.Microseconds(), 1<<32-1)))
	r.mu.tasks++
	d := detail(end)
	if s.result() {
		g.Values = append(g.Values, r.value(end, &d))
	} else {
		g.Bytes = append(g.Bytes, outputBytes(end))
		g.Files = appendFile(g.Files, len(g.Partitions), end)
		if s.template.Sizes {
			g.Sizes = appendSizes(g.Sizes, end, int(s.template.Reduces))
		}
	}
	if d != nil {
		d.Index = int32(len(g.Partitions) - 1)
		g.Details = append(g.Details, d)
	}
	if end.err == nil {
		count(g, &end.result)
		g.Counters.RecordsRead += end.read
	}
}

// group finds the lists of a stage; there are few stages at a time.
func (r *report) group(s *stage) *control.StageEnds {
	for _, g := range r.mu.stages {
		if g.Stage == int32(s.id) {
			return g
		}
	}
	g := &control.StageEnds{
		Stage: int32(s.id), Shuffle: s.template.Shuffle, Counters: &control.Counters{},
	}
	r.mu.stages = append(r.mu.stages, g)
	return g
}

// value gives the value that travels in the batch; a large one goes before it in chunks.
func (r *report) value(end *ended, d **control.Detail) []byte {
	v := end.result.Value
	if end.err != nil {
		return nil
	}
	if len(v) <= control.MaxInline {
		r.mu.bytes += len(v)
		return v
	}
	for ; len(v) > 0; v = v[min(len(v), control.ChunkSize):] {
		r.mu.before = append(r.mu.before, chunk(end.task, v[:min(len(v), control.ChunkSize)]))
	}
	if *d == nil {
		*d = &control.Detail{}
	}
	(*d).Chunked = true
	return nil
}

func chunk(t dag.Task, data []byte) *control.FromExecutor {
	return &control.FromExecutor{Message: &control.FromExecutor_Chunk{Chunk: &control.ResultChunk{
		Stage: int32(t.Stage), Partition: t.Partition, Attempt: t.Attempt, Data: data,
	}}}
}

// take empties the report into messages, in the order they must arrive.
func (r *report) take() []*control.FromExecutor {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.mu.before
	if len(r.mu.stages) > 0 {
		out = append(out, &control.FromExecutor{Message: &control.FromExecutor_Ended{
			Ended: &control.TasksEnded{Stages: r.mu.stages},
		}})
	}
	r.mu.before, r.mu.stages, r.mu.tasks, r.mu.bytes = nil, nil, 0, 0
	return out
}
