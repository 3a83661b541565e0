package executor

import (
	"sync"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

// groups lets map tasks that end one after the other share a file; see shuffle.Group. The rows of
// a task that succeeded are held in memory, and its end is held back from the driver until the
// file is there: what the driver knows is on disk.
//
// A group is sealed when it holds as many tasks as still wait in the queue, so that the driver's
// answer comes while those run, and when there is nothing to wait for; at a limit of memory; and
// when its first member has waited for groupAge.
type groups struct {
	report  *report
	queue   *queue
	memory  int64 // where a group is sealed
	sealing sync.WaitGroup
	mu      struct {
		sync.Mutex
		open   map[*stage]*group
		closed bool
	}
}

const (
	// groupAge bounds what the end of a short task may wait for longer ones behind it.
	groupAge = 100 * time.Millisecond
	// groupMemory bounds a group, and groupShare is its part of the executor's memory at most.
	groupMemory = 64 << 20
	groupShare  = 4
	// largeBlock is from where on a block is worth its reading: tasks that write so much for
	// each reduce have files of their own. Opening, asking for and verifying a block costs what
	// some KB do.
	largeBlock = 16 << 10
)

// group is what is held of one stage.
type group struct {
	*shuffle.Group
	stage *stage
	ends  []ended
	age   *time.Timer
}

// outputSizes is what the tasks of a stage wrote so far.
type outputSizes struct {
	mu           sync.Mutex
	tasks, bytes int64
}

func (o *outputSizes) add(bytes int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tasks++
	o.bytes += bytes
}

// within reports whether the tasks write limit bytes at most, on average.
func (o *outputSizes) within(limit int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tasks == 0 || o.bytes/o.tasks <= limit
}

// limit is how much a task may write to join a group; 0: it may not. Retries and copies have files
// of their own: the members of a group are first attempts.
func (g *groups) limit(s *stage, t dag.Task) int64 {
	reduces := int64(s.template.Reduces)
	limit := min(reduces*largeBlock, g.memory/2)
	if t.Attempt > 0 || reduces < dag.ManyReduces || !s.wrote.within(limit) {
		return 0
	}
	return limit
}

// add holds a task that succeeded and whose rows are in memory.
func (g *groups) add(s *stage, c shuffle.WriterConfig, end *ended) {
	g.mu.Lock()
	if g.mu.closed {
		g.mu.Unlock()
		end.result.Output.Discard()
		return
	}
	held := g.mu.open[s]
	if held == nil {
		held = g.begin(s, c)
	}
	err := held.Add(end.result.Output)
	if err == nil {
		held.ends = append(held.ends, *end)
	}
	full := held.Memory() >= g.memory || held.Len() >= g.queue.waiting(s)
	if full {
		g.remove(held)
	}
	g.mu.Unlock()
	if err != nil {
		end.fail(err)
		g.report.ended(s, end)
	}
	if full {
		g.seal(held)
	}
}

// begin opens a group. The caller holds mu.
func (g *groups) begin(s *stage, c shuffle.WriterConfig) *group {
	held := &group{Group: shuffle.NewGroup(c), stage: s}
	g.sealing.Add(1) // until the group is removed, or sealed by its age
	held.age = time.AfterFunc(groupAge, func() {
		defer g.sealing.Done()
		g.mu.Lock()
		old := g.mu.open[s] == held
		if old {
			delete(g.mu.open, s)
		}
		g.mu.Unlock()
		if old {
			g.seal(held)
		}
	})
	if g.mu.open == nil {
		g.mu.open = make(map[*stage]*group)
	}
	g.mu.open[s] = held
	return held
}

// remove takes a group out. The caller holds mu.
func (g *groups) remove(held *group) {
	delete(g.mu.open, held.stage)
	if held.age.Stop() {
		g.sealing.Done()
	}
}

// seal writes the file of a group and reports its tasks. Without the file all of them failed.
func (g *groups) seal(held *group) {
	file, err := held.Seal()
	for i := range held.ends {
		end := &held.ends[i]
		end.file = int32(file.Map)
		if err != nil {
			end.fail(err)
		}
		g.report.ended(held.stage, end)
	}
}

// close drops what is held: the executor ends, and nobody hears of its tasks any more.
func (g *groups) close() {
	g.mu.Lock()
	g.mu.closed = true
	for _, held := range g.mu.open {
		g.remove(held)
		held.Drop()
	}
	g.mu.Unlock()
	g.sealing.Wait()
}

// ended reports the end of a task, or holds it.
func (e *Executor) ended(s *stage, t *Task, end *ended) {
	end.file = ownFile
	out := end.result.Output
	if end.err == nil && out != nil {
		s.wrote.add(out.Bytes)
		if out.Held() {
			e.groups.add(s, t.written, end)
			return
		}
	}
	t.held.close()
	e.report.ended(s, end)
}
