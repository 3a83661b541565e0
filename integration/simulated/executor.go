package simulated

import (
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// executor models one executor process.
type executor struct {
	world     *world
	id        scheduler.ExecutorID
	container *container
	slots     int
	link      link
	dead      bool
	frozen    time.Duration                          // stopped until then
	broken    time.Duration                          // its tasks fail until then
	apart     map[scheduler.ExecutorID]time.Duration // who is out of its reach until then
	slow      time.Duration                          // its tasks take ten times as long until then

	queue   []*task // launched, waiting for a slot
	running []*task
	outputs store
	served  bool // its host has a service that reads its outputs
	cached  []cachedBlock
	known   map[dag.ShuffleID]knowledge
	epoch   int64 // newest that a launch named
	ends    []ended
	seen    map[dag.Task]bool
}

// cachedBlock is a partition of a persisted dataset.
type cachedBlock struct {
	dataset   dag.DatasetID
	partition int32
	records   []uint64
}

// knowledge is what the driver said of a shuffle's outputs.
type knowledge struct {
	epoch  int64
	places []place
}

// place is where the output of one map task is.
type place struct {
	executor scheduler.ExecutorID
	attempt  int32
	service  bool // of the executor's host, which answers for it
}

// ended is the end of a task as it is reported, with what the task brought.
type ended struct {
	scheduler.TaskEnd
	value    *value
	unserved bool // a service could not be read from
}

// after sets a timer of the process: a frozen process acts when it thaws, a dead one never.
func (e *executor) after(d time.Duration, do func()) {
	e.world.after(d, func() { e.do(do) })
}

// do lets the process act now, or when it thaws.
func (e *executor) do(act func()) {
	switch {
	case e.dead:
	case e.world.now < e.frozen:
		e.world.at(e.frozen+e.world.upTo(time.Millisecond), func() { e.do(act) })
	default:
		act()
	}
}

// begin is the start of the process.
func (e *executor) begin() {
	w := e.world
	e.findService()
	w.send(&e.link, up, func() { w.driver.register(e) })
	e.beat()
}

// beat tells the driver that the executor lives.
func (e *executor) beat() {
	w := e.world
	w.send(&e.link, up, func() { w.driver.heard(e) })
	e.after(2*time.Second, e.beat)
}

// die ends the process; its stream breaks.
func (e *executor) die() {
	if e.dead {
		return
	}
	e.dead = true
	w := e.world
	w.send(&e.link, up, func() { w.driver.streamEnded(e) })
}

// vanish ends the process together with its machine: nobody closes the stream.
func (e *executor) vanish() { e.dead = true }

// receive handles a message of the driver.
func (e *executor) receive(handle func()) {
	e.world.send(&e.link, down, func() { e.do(handle) })
}

// launch queues tasks. A launch names the epoch of map outputs that its tasks must know.
func (e *executor) launch(list []dag.Task, epoch int64) {
	if !e.world.options.breaks.oldOutputs {
		e.epoch = max(e.epoch, epoch)
	}
	for _, t := range list {
		if e.seen[t] {
			e.world.fail("%s was launched twice on %s", t, e.id)
		}
		e.seen[t] = true
		e.queue = append(e.queue, &task{Task: t, executor: e, stage: e.world.program.byID[t.Stage]})
	}
	e.fill()
}

func (e *executor) fill() {
	for len(e.queue) > 0 && len(e.running) < e.slots {
		t := e.queue[0]
		e.queue = e.queue[1:]
		e.running = append(e.running, t)
		t.begin()
	}
}

// kill stops tasks; each reports its end.
func (e *executor) kill(list []dag.Task, queued bool) {
	have := slices.Clone(e.queue)
	if !queued {
		have = append(have, e.running...)
	}
	for _, id := range list {
		for _, t := range have {
			if t.Task == id {
				t.stop()
			}
		}
	}
}

// forget frees a task's slot.
func (e *executor) forget(t *task) {
	same := func(o *task) bool { return o == t }
	e.running = slices.DeleteFunc(e.running, same)
	e.queue = slices.DeleteFunc(e.queue, same)
}

// reaches says whether another executor answers now.
func (e *executor) reaches(o *executor) bool {
	return !o.dead && e.world.now >= max(o.frozen, o.link.cut, e.apart[o.id])
}

// finished queues a task's report; reports travel together.
func (e *executor) finished(t *task, end ended) {
	e.forget(t)
	e.ends = append(e.ends, end)
	if len(e.ends) == 1 {
		e.after(e.world.upTo(3*time.Millisecond), e.report)
	}
	e.fill()
}

func (e *executor) report() {
	w, ends := e.world, e.ends
	e.ends = nil
	w.send(&e.link, up, func() { w.driver.tasksEnded(e, ends) })
}

// cache keeps a block and tells the driver.
func (e *executor) cache(b cachedBlock) {
	if e.block(b.dataset, b.partition) != nil {
		return
	}
	w := e.world
	e.cached = append(e.cached, b)
	w.send(&e.link, up, func() {
		w.driver.cached(e, b.dataset, b.partition)
	})
}

func (e *executor) block(d dag.DatasetID, partition int32) *cachedBlock {
	for i, b := range e.cached {
		if b.dataset == d && b.partition == partition {
			return &e.cached[i]
		}
	}
	return nil
}

// evict drops the oldest block and tells the driver.
func (e *executor) evict() bool {
	if len(e.cached) == 0 {
		return false
	}
	w, b := e.world, e.cached[0]
	e.cached = e.cached[1:]
	w.send(&e.link, up, func() {
		w.driver.uncached(e, b.dataset, b.partition)
	})
	return true
}
