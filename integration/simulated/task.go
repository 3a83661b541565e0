package simulated

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs/commit"
	"github.com/weft-data/weft/scheduler"
)

// task is one attempt in an executor:
//
//	begin ─▶ read each parent: cached block, or ask for places ─▶ fetch ─▶ verify
//	      ─▶ compute ─▶ map: store its output
//	                    result: the value, or a file and permission to commit ─▶ report
type task struct {
	dag.Task
	executor *executor
	stage    *stage
	began    time.Duration
	over     bool
	input    []uint64
	parent   int // next to be read
	file     *commit.Task
	unserved bool // a service could not be read from
}

// value is what a result task brings: a tally, or the manifest of the file it wrote.
type value struct {
	tally    tally
	manifest *commit.Manifest
}

// moment is a step in a task's life at which named schedules strike.
type moment int

const (
	atBegin   moment = iota
	atStored         // a map output is in place, the report is not sent
	atFetch          // a task is about to fetch
	atWritten        // a result file is written, permission is not asked
	atGranted        // permission came, the report is not sent
)

func (t *task) world() *world { return t.executor.world }

// later goes on with the task, unless it was stopped.
func (t *task) later(d time.Duration, do func()) {
	t.executor.after(d, func() { t.unlessOver(do) })
}

func (t *task) unlessOver(do func()) {
	if !t.over {
		do()
	}
}

func (t *task) begin() {
	t.began = t.world().now
	t.world().moment(atBegin, t.executor, t)
	t.read()
}

// read goes through the parents, then computes.
func (t *task) read() {
	if t.parent == len(t.stage.parents) {
		t.later(t.duration(), t.compute)
		return
	}
	p := t.stage.parents[t.parent]
	t.parent++
	if p.persisted == noDataset {
		t.locate(p)
		return
	}
	if b := t.executor.block(p.persisted, t.Partition); b != nil {
		t.use(b.records)
		return
	}
	t.findBlock(p)
}

// use takes the records of one parent and goes on to the next.
func (t *task) use(records []uint64) {
	t.input = append(t.input, records...)
	t.read()
}

// findBlock reads a cached block from another executor. Without one the shuffle is read.
func (t *task) findBlock(p *stage) {
	w := t.world()
	w.call(t.executor, func(reply func(func())) {
		holders := slices.Clone(w.driver.blocks[blockKey{p.persisted, t.Partition}])
		reply(func() { t.unlessOver(func() { t.readBlock(p, holders) }) })
	}, func() { t.unlessOver(func() { t.failed("the driver does not say where a block is") }) })
}

func (t *task) readBlock(p *stage, holders []scheduler.ExecutorID) {
	t.later(t.world().latency(), func() {
		for _, id := range holders {
			owner := t.world().driver.processes[id]
			partition := t.Partition
			if t.world().options.breaks.anyBlock {
				partition = 0
			}
			if b := owner.block(p.persisted, partition); b != nil && t.executor.reaches(owner) {
				t.use(b.records)
				return
			}
		}
		t.locate(p)
	})
}

// duration is how long the attempt computes; a few straggle.
func (t *task) duration() time.Duration {
	w := t.world()
	d := 20*time.Millisecond + w.upTo(1500*time.Millisecond)
	if w.chance(0.02) {
		d *= 8
	}
	if w.now < t.executor.slow {
		d *= 10
	}
	return d
}

// locate asks where the outputs of a parent are, unless that is known in the current epoch.
func (t *task) locate(p *stage) {
	e, w := t.executor, t.world()
	if k, ok := e.known[p.spec.Shuffle]; ok && k.epoch >= e.epoch {
		t.fetch(p, k)
		return
	}
	w.call(e, func(reply func(func())) {
		k := w.driver.mapOutputs(p)
		reply(func() { t.unlessOver(func() { t.located(p, k) }) })
	}, func() { t.unlessOver(func() { t.failed("the driver does not say where outputs are") }) })
}

func (t *task) located(p *stage, k knowledge) {
	t.executor.known[p.spec.Shuffle] = k
	t.fetch(p, k)
}

// fetch reads one partition of all map outputs, from each executor at once.
func (t *task) fetch(p *stage, k knowledge) {
	w := t.world()
	w.moment(atFetch, t.executor, t)
	if len(k.places) == 0 {
		t.fetchFailed(&scheduler.FetchFailure{
			Shuffle: p.spec.Shuffle, Map: -1, Attempt: -1, Executor: scheduler.NoExecutor,
			Message: "no such shuffle",
		})
		return
	}
	f := &fetch{task: t, parent: p, left: len(k.places), got: make([][]uint64, len(k.places))}
	for i, from := range k.places {
		if from.executor == scheduler.NoExecutor {
			if w.options.breaks.skipMissing {
				f.arrived(i, nil)
				continue
			}
			t.fetchFailed(&scheduler.FetchFailure{
				Shuffle: p.spec.Shuffle, Map: int32(i), Attempt: -1, Executor: scheduler.NoExecutor,
				Message: "no place is known",
			})
			return
		}
		f.try(i, from, 0)
	}
}

// fetch is the reading of one shuffle by one task.
type fetch struct {
	task   *task
	parent *stage
	left   int
	got    [][]uint64
}

const fetchTries = 2

// try reads one block. One that does not answer is asked again before it is blamed.
func (f *fetch) try(i int, from place, tries int) {
	t := f.task
	t.later(t.world().latency(), func() {
		owner := t.world().driver.processes[from.executor]
		switch {
		case t.executor.readable(from, owner):
			f.take(i, from, owner)
		case tries < t.executor.patience(from):
			t.later(time.Second, func() { f.try(i, from, tries+1) })
		default:
			f.fail(i, from, false, "connection refused")
		}
	})
}

// take verifies a block before its first record is used.
func (f *fetch) take(i int, from place, owner *executor) {
	broken := &f.task.world().options.breaks
	out := owner.outputs.find(outputKey{f.parent.spec.Shuffle, int32(i), from.attempt})
	if out == nil {
		if broken.skipMissing {
			f.arrived(i, nil)
			return
		}
		f.fail(i, from, false, "no such output")
		return
	}
	records, ok := out.blocks[f.task.Partition].decode()
	if !ok && !broken.trustBlocks {
		f.fail(i, from, true, "checksum")
		return
	}
	f.arrived(i, records)
}

func (f *fetch) fail(i int, from place, one bool, message string) {
	failure := &scheduler.FetchFailure{
		Shuffle: f.parent.spec.Shuffle, Map: int32(i), Attempt: from.attempt,
		Executor: from.executor, OneBlock: one, Message: message,
	}
	if f.task.world().options.breaks.blamesOldAttempt {
		failure.Attempt--
	}
	f.task.unserved = from.service && !one
	f.task.fetchFailed(failure)
}

func (f *fetch) arrived(i int, records []uint64) {
	f.got[i] = records
	if f.left--; f.left > 0 {
		return
	}
	t := f.task
	var all []uint64
	for i, records := range f.got {
		if i == 0 && len(f.got) > 1 && t.world().options.breaks.skipFirst {
			continue
		}
		all = append(all, records...)
	}
	if d := f.parent.persisted; d != noDataset {
		t.executor.cache(cachedBlock{d, t.Partition, all})
	}
	t.use(all)
}

// compute makes the output.
func (t *task) compute() {
	w := t.world()
	if w.now < t.executor.broken {
		t.failed("injected")
		return
	}
	if len(t.stage.parents) == 0 {
		t.input = w.program.source(t.stage, t.Partition)
	}
	out := t.stage.transform(t.input)
	switch {
	case !t.stage.spec.Result():
		t.store(out)
	case w.jobOf(t.Stage).saves:
		t.write(out)
	default:
		var v value
		v.tally.add(out...)
		t.succeeded(&v)
	}
}

// store keeps a map output; its checksums are taken here.
func (t *task) store(records []uint64) {
	w := t.world()
	o := &stored{key: outputKey{t.stage.spec.Shuffle, t.Partition, t.Attempt}}
	for _, part := range w.program.route(t.stage, records, t.Attempt) {
		b := encode(part)
		if w.options.breaks.lateChecksum && len(b.data) > 0 && w.chance(0.01) {
			b.flip(0)
			b.sum = encode(first(b.decode())).sum
		}
		o.blocks = append(o.blocks, b)
	}
	if w.options.breaks.halfOutput && w.chance(0.02) {
		o.blocks[0] = encode(nil)
	}
	t.executor.outputs = append(t.executor.outputs, o)
	w.moment(atStored, t.executor, t)
	t.later(time.Microsecond, func() { t.succeeded(nil) })
}

func first[A, B any](a A, _ B) A { return a }

// write makes a file and asks for permission to commit it.
func (t *task) write(records []uint64) {
	w := t.world()
	job := w.driver.output(w.jobOf(t.Stage))
	uid := strings.ReplaceAll(t.String(), " ", "-")
	file, err := job.Task(context.Background(), int(t.Partition), uid)
	if err != nil {
		t.failed(err.Error()) // the job is over, its directory gone
		return
	}
	t.file = file
	for _, r := range records {
		if err := binary.Write(file, binary.LittleEndian, r); err != nil {
			t.failed(err.Error())
			return
		}
	}
	file.AddRows(len(records))
	w.moment(atWritten, t.executor, t)
	t.later(time.Microsecond, func() { t.ask(records) })
}

func (t *task) ask(records []uint64) {
	w := t.world()
	w.call(t.executor, func(reply func(func())) {
		w.driver.mayCommit(t, func(granted bool, why string) {
			reply(func() { t.unlessOver(func() { t.answered(records, granted, why) }) })
		})
	}, func() { t.unlessOver(func() { t.failed("the driver does not answer") }) })
}

// answered ends the file by way of the real commit package.
func (t *task) answered(records []uint64, granted bool, why string) {
	permit := func(context.Context, commit.Manifest) error {
		if !granted && !t.world().options.breaks.commitAnyway {
			return commit.ErrDenied
		}
		return nil
	}
	if t.world().options.breaks.earlyReport {
		t.succeeded(&value{manifest: &commit.Manifest{Partition: int(t.Partition)}})
		return
	}
	manifest, err := t.file.Commit(context.Background(), permit)
	switch {
	case errors.Is(err, commit.ErrDenied):
		t.end(scheduler.TaskEnd{Outcome: scheduler.CommitDenied}, nil)
		return
	case err != nil:
		t.failed(fmt.Sprintf("%s (%s)", err, why))
		return
	}
	v := &value{manifest: &manifest}
	v.tally.add(records...)
	t.world().moment(atGranted, t.executor, t)
	t.later(time.Microsecond, func() { t.succeeded(v) })
}

func (t *task) succeeded(v *value) {
	t.end(scheduler.TaskEnd{Outcome: scheduler.Success}, v)
}

// failed is a failure that the faults explain.
func (t *task) failed(message string) {
	t.world().truth.excused++
	failure := &scheduler.Failure{Message: message}
	t.end(scheduler.TaskEnd{Outcome: scheduler.Failed, Failure: failure}, nil)
}

func (t *task) fetchFailed(f *scheduler.FetchFailure) {
	if t.world().options.breaks.fetchIsFailure {
		t.end(scheduler.TaskEnd{Outcome: scheduler.Failed}, nil)
		return
	}
	t.end(scheduler.TaskEnd{Outcome: scheduler.FetchFailed, Fetch: f}, nil)
}

// stop is the driver's wish. A file that was begun is removed.
func (t *task) stop() {
	if t.world().options.breaks.killsAreSilent {
		t.over = true
		t.executor.forget(t)
		return
	}
	t.end(scheduler.TaskEnd{Outcome: scheduler.Killed}, nil)
}

func (t *task) end(end scheduler.TaskEnd, v *value) {
	if t.over {
		return
	}
	t.over = true
	if t.file != nil && end.Outcome != scheduler.Success {
		_ = t.file.Abort() // what is left, the end of the job removes
	}
	end.Task, end.Duration = t.Task, t.world().now-t.began
	t.executor.finished(t, ended{end, v, t.unserved})
}
