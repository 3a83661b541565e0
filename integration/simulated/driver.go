package simulated

import (
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// driver keeps package am's rules around the real machine: who is registered, gone or lost, what
// a lost executor's reason is, which epoch of map outputs a launch names, whose results
// count, and how a job's files are committed.
type driver struct {
	world     *world
	machine   *scheduler.Machine
	books     []*entry    // by executor id; nil once lost
	processes []*executor // by executor id, living and dead: what an address reaches
	epoch     int64
	wake      int                                 // generation of the machine's timer
	batch     []ended                             // whose ends are being stepped
	commits   []commitWait                        // tasks that wait for the machine's answer
	blocks    map[blockKey][]scheduler.ExecutorID // who holds a cached block, oldest first
	outlived  map[scheduler.ExecutorID]int        // hosts that serve lost executors' outputs
	over      bool
	failures  int  // executors that the application is to blame for
	given     bool // up, because of them
}

// entry is one executor in the driver's books.
type entry struct {
	executor   *executor
	registered bool
	served     bool // its host's service has its outputs
	heard      time.Duration
	gone       bool // its stream ended; the container's reason is awaited
	goneAt     time.Duration
	unsent     []scheduler.TaskEnd // launched after it was gone
}

type commitWait struct {
	task  dag.Task
	reply func(granted bool, why string)
}

// The driver's patience, as in package am.
const (
	patrolEvery    = time.Second
	networkTimeout = 10 * time.Second
	reasonTime     = 3 * time.Second
	failureLimit   = 2 * wanted
)

func newDriver(w *world, c scheduler.Config) *driver {
	m, err := scheduler.New(c)
	if err != nil {
		panic(err) // the world draws only valid ones
	}
	return &driver{
		world: w, machine: m, blocks: make(map[blockKey][]scheduler.ExecutorID),
		outlived: make(map[scheduler.ExecutorID]int),
	}
}

func (d *driver) start() {
	if d.world.profiled {
		d.tellProfiles()
	}
	d.step(scheduler.PoolsChanged{NoFile: true})
	d.world.after(patrolEvery, d.patrol)
}

// step tells the machine, checks it, and performs what it wants. A refused event is a bug in one
// of them.
func (d *driver) step(e scheduler.Event) {
	w := d.world
	if d.over {
		return
	}
	d.tell(e)
	for _, a := range d.machine.Ready() {
		w.log("  %s", a)
		d.perform(a)
	}
	if err := d.machine.Check(); err != nil {
		w.fail("%v", err)
	}
}

// tell steps an event without asking for what follows from it.
func (d *driver) tell(e scheduler.Event) {
	w := d.world
	w.log("%s", show(e))
	if err := d.machine.Step(w.now, e); err != nil {
		w.fail("the machine refuses %s: %v", show(e), err)
	}
}

func (d *driver) perform(a scheduler.Action) {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		d.launch(a)
	case scheduler.KillTasks:
		if e := d.entry(a.Executor); e != nil && !e.gone {
			e.executor.receive(func() { e.executor.kill(a.Tasks, a.Queued) })
		}
	case scheduler.TasksAccepted:
		d.accept(a)
	case scheduler.AnswerCommit:
		d.answer(a)
	case scheduler.JobFinished:
		d.finished(a)
	case scheduler.WakeAt:
		d.wakeAt(a.Time)
	case scheduler.WantExecutors:
		d.wantExecutors(a)
	case scheduler.ReleaseExecutors:
		d.releaseExecutors(a)
	}
}

func (d *driver) wakeAt(t time.Duration) {
	d.wake++
	mine := d.wake
	d.world.at(t, func() {
		if d.wake == mine {
			d.step(scheduler.Tick{})
		}
	})
}

func (d *driver) entry(id scheduler.ExecutorID) *entry { return d.books[id] }

// launch sends tasks, with the epoch that they must know. Tasks for an executor that is gone
// never begin.
func (d *driver) launch(a scheduler.LaunchTasks) {
	e := d.entry(a.Executor)
	if e == nil {
		d.world.fail("launch on %s, which is lost", a.Executor)
		return
	}
	var list []dag.Task
	for _, r := range a.Ranges {
		for p := r.First; p < r.First+r.Count; p++ {
			list = append(list, dag.Task{Stage: a.Stage, Partition: p, Attempt: r.Attempt})
		}
	}
	d.world.truth.launched(d.world, e.executor, list)
	if e.gone {
		for _, t := range list {
			e.unsent = append(e.unsent, scheduler.TaskEnd{Task: t, Outcome: scheduler.Killed})
		}
		return
	}
	if d.world.options.breaks.losesLaunch && d.world.chance(0.02) {
		return
	}
	epoch := d.epoch
	e.executor.receive(func() { e.executor.launch(list, epoch) })
}

// allocated starts an executor in a new container.
func (d *driver) allocated(c *container) {
	w := d.world
	id := scheduler.ExecutorID(len(d.books))
	if w.options.breaks.sameIDs && id > 0 && d.books[id-1] == nil {
		id--
		d.books, d.processes = d.books[:id], d.processes[:id]
	}
	x := &executor{
		world: w, id: id, container: c, slots: 1 + w.random.IntN(2),
		known: make(map[dag.ShuffleID]knowledge), seen: make(map[dag.Task]bool),
		apart: make(map[scheduler.ExecutorID]time.Duration),
	}
	d.books = append(d.books, &entry{executor: x, heard: w.now})
	d.processes = append(d.processes, x)
	w.log("%s starts in container %d on %s", x.id, c.id, w.yarn.hosts[c.host].name)
	w.yarn.launch(c, x)
}

func (d *driver) register(x *executor) {
	e := d.entry(x.id)
	if e == nil || e.registered || e.executor != x {
		return // taken for lost, or the message came twice
	}
	e.registered, e.served, e.heard = true, x.served, d.world.now
	h := d.world.yarn.hosts[x.container.host]
	added := scheduler.ExecutorAdded{
		Executor: x.id, Host: h.name, Rack: h.rack, Slots: x.slots, Profile: x.container.profile,
		Served: x.served,
	}
	if d.world.options.breaks.mixesProfiles && d.world.profiled && d.world.chance(0.5) {
		added.Profile = special - added.Profile
	}
	d.step(added)
}

func (d *driver) heard(x *executor) {
	if e := d.entry(x.id); e != nil {
		e.heard = d.world.now
	}
}

// streamEnded waits a little for the cluster to say why.
func (d *driver) streamEnded(x *executor) {
	if e := d.entry(x.id); e != nil && !e.gone {
		e.gone, e.goneAt = true, d.world.now
	}
}

func (d *driver) completed(c *container, reason string, causedByApp bool) {
	for _, e := range d.books {
		if e != nil && e.executor.container == c {
			if causedByApp {
				d.failures++
			}
			d.lost(e, reason, causedByApp)
		}
	}
	if d.failures > failureLimit {
		d.giveUp()
	}
}

// giveUp ends the application: executors fail again and again.
func (d *driver) giveUp() {
	d.given = true
	for _, j := range d.world.program.jobs {
		j.cancel = true
		d.step(scheduler.JobCancelled{Job: j.spec.ID, Reason: "too many executors failed"})
	}
}

func (d *driver) nodeLost(h int) {
	d.giveUpHost(h, "its node is lost")
	for _, e := range d.books {
		if e != nil && e.executor.container.host == h && e.executor.container.gone {
			d.lost(e, "its node is lost", false)
		}
	}
}

// lost takes an executor out of the books. Tasks that never began are handed back first.
func (d *driver) lost(e *entry, reason string, causedByApp bool) {
	x := e.executor
	d.books[x.id] = nil
	d.world.log("%s lost: %s", x.id, reason)
	if !e.registered || d.world.options.breaks.ignoresLoss {
		return
	}
	if len(e.unsent) > 0 {
		d.tell(scheduler.TasksEnded{Executor: x.id, Ends: e.unsent})
	}
	if causedByApp {
		d.world.truth.blamed++
	}
	d.world.truth.losses++
	d.world.truth.lostAll(x)
	d.loseExecutor(e, scheduler.ExecutorLost{
		Executor: x.id, Reason: reason, CausedByApp: causedByApp,
	})
	d.forgetBlocks(x.id)
	d.world.yarn.release(x.container)
}

// patrol gives up executors that are silent.
func (d *driver) patrol() {
	w := d.world
	if d.over {
		return
	}
	w.after(patrolEvery, d.patrol)
	if w.options.breaks.waitsForever {
		return
	}
	for _, e := range d.books {
		switch {
		case e == nil:
		case e.gone && w.now-e.goneAt >= reasonTime:
			d.lost(e, "its stream ended", false)
		case !e.gone && w.now-e.heard >= networkTimeout:
			d.lost(e, "nothing heard from it", false)
			w.yarn.release(e.executor.container)
		}
	}
}

// tasksEnded steps a batch and uses what the machine accepts of it.
func (d *driver) tasksEnded(x *executor, ends []ended) {
	list := make([]scheduler.TaskEnd, 0, len(ends))
	for _, e := range ends {
		if d.world.options.breaks.losesReports && d.world.chance(0.05) {
			continue
		}
		list = append(list, e.TaskEnd)
		d.world.truth.ended(e.TaskEnd)
		if e.Outcome == scheduler.FetchFailed {
			d.epoch++ // before the machine launches anybody again
			if e.unserved {
				d.unserved(e.Fetch)
			}
		}
	}
	d.batch = ends
	d.step(scheduler.TasksEnded{Executor: x.id, Ends: list})
	if d.world.options.breaks.acceptsAll {
		for _, e := range ends {
			if e.Outcome == scheduler.Success {
				d.deliver(e.Task)
			}
		}
	}
	d.batch = nil
}

func (d *driver) accept(a scheduler.TasksAccepted) {
	if d.world.options.breaks.acceptsAll {
		return
	}
	for _, t := range a.Tasks {
		d.deliver(t)
	}
}

// deliver hands the value of a result task to its job.
func (d *driver) deliver(t dag.Task) {
	j := d.world.jobOf(t.Stage)
	if j == nil || j.ended {
		return
	}
	i := slices.IndexFunc(d.batch, func(e ended) bool { return e.Task == t })
	if i < 0 {
		d.world.fail("the machine accepts %s, which did not just end", t)
		return
	}
	d.world.truth.delivered(d.world, j, t, d.batch[i].value)
}

// mapOutputs says where a shuffle's outputs are; nowhere at all if it is not known.
func (d *driver) mapOutputs(s *stage) knowledge {
	k := knowledge{epoch: d.epoch}
	outputs, _, known := d.machine.Outputs(s.spec.Shuffle)
	if !known {
		return k
	}
	for _, o := range outputs {
		k.places = append(k.places, d.place(o))
	}
	return k
}

// mayCommit asks the machine for a task, whose executor must be in the books.
func (d *driver) mayCommit(t *task, reply func(granted bool, why string)) {
	if e := d.entry(t.executor.id); e == nil || e.gone || e.executor != t.executor {
		reply(false, "the executor is taken for lost")
		return
	}
	if d.world.options.breaks.grantsAll {
		d.world.truth.granted(d.world, t.Task)
		reply(true, "")
		return
	}
	d.commits = append(d.commits, commitWait{t.Task, reply})
	d.step(scheduler.CommitAsked{Task: t.Task})
}

func (d *driver) answer(a scheduler.AnswerCommit) {
	if a.Granted {
		d.world.truth.granted(d.world, a.Task)
	}
	waiting := d.commits
	d.commits = nil
	for _, w := range waiting {
		if w.task == a.Task {
			w.reply(a.Granted, a.Why)
		} else {
			d.commits = append(d.commits, w)
		}
	}
}

func (d *driver) idle() bool {
	return !slices.ContainsFunc(d.world.program.jobs, func(j *job) bool { return !j.ended })
}

// state says what a hung application waits for.
func (d *driver) state() string {
	s := d.machine.Status()
	return fmt.Sprintf("jobs %+v stages %+v executors %+v", s.Jobs, s.Stages, s.Executors)
}
