package am

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// reasonTime is how long a lost executor's container may take to say why. Rules hang on the
// reason, and clusters know it a heartbeat later.
const reasonTime = 3 * time.Second

// executor is one executor's entry in the books:
//
//	Allocated ─▶ starting ─ Register ─▶ registered ─ stream ends ─▶ gone ─┐
//	                │                       │                             │ Completed, reasonTime
//	                └────────────────────── Completed ────────────────────┴─▶ out of the books
//
// The machine knows it while it is registered or gone.
type executor struct {
	id        control.ExecutorID
	container containers.Container
	slots     int
	conn      *conn  // nil while starting
	host      string // as it calls its host, for readers of its files
	blocks    string // address of its block server
	service   string // address of its node's shuffle service; "" if none, or given up
	heard     time.Duration
	beat      *control.Heartbeat

	ready   bool // it has its devices, and the machine knows it
	work    work
	leaving leaving

	gone    bool // the stream ended; the container's reason is awaited
	goneAt  time.Duration
	goneFor error
	unsent  []unsent // launched after it was gone
}

// unsent are tasks that the machine gave to an executor that was gone.
type unsent struct {
	stage  dag.StageID
	ranges []scheduler.TaskRange
}

// executor finds a living executor.
func (l *loop) executor(id scheduler.ExecutorID) *executor {
	if id < 0 || int(id) >= len(l.executors) {
		return nil
	}
	return l.executors[id]
}

// allocated starts executors in new containers.
func (l *loop) allocated(list []containers.Container) {
	for _, c := range list {
		e := &executor{id: control.ExecutorID(len(l.executors)), container: c, heard: l.now()}
		e.slots = l.profiles.Shape(c.Profile).Slots()
		l.executors = append(l.executors, e)
		l.containers[c.ID] = e
		l.Log.Info("starting executor", "executor", e.id, "container", c.ID, "host", c.Host)
		l.call(func(d *Driver) event { return d.startExecutor(e) })
	}
}

// register admits an executor, or says why not.
func (l *loop) register(c *conn, r *control.Register) {
	e := l.executor(scheduler.ExecutorID(r.Executor))
	switch {
	case c.executor != nil:
		l.drop(c.executor, fmt.Errorf("it registered twice"))
	case l.failed != nil:
		c.refuse("the application has ended")
	case e == nil:
		c.refuse(fmt.Sprintf("no executor e%d was started, or it is taken for lost", r.Executor))
	case e.conn != nil:
		c.refuse(fmt.Sprintf("executor %s is already registered", e.id))
	case r.Manifest != l.Manifest:
		err := manifestError(e, l.Manifest, r.Manifest)
		c.refuse(err.Error())
		l.fail(err) // every other executor would be the same
	default:
		l.admit(e, c, r)
	}
}

func (c *conn) refuse(reason string) {
	c.out.put(&control.ToExecutor{Message: &control.ToExecutor_Refused{
		Refused: &control.Refused{Reason: reason},
	}})
	c.out.close()
}

func (l *loop) admit(e *executor, c *conn, r *control.Register) {
	e.conn, c.executor = c, e
	e.host, e.blocks, e.service, e.heard = r.Host, r.Blocks, r.Service, l.now()
	l.hosts[e.host]++
	l.mark(&l.marks.FirstExecutor)
	l.Log.Info("executor registered", "executor", e.id, "host", e.container.Host,
		"slots", r.Slots, "pid", r.Pid, "build", r.Build)
	c.out.put(&control.ToExecutor{Message: &control.ToExecutor_Registered{
		Registered: l.registeredWith(e.container.Profile),
	}})
	l.tidyUp(e)
	e.slots = int(max(r.Slots, 1))
	if len(l.profiles.Shape(e.container.Profile).Executor.Extra) == 0 {
		l.ready(e, nil)
	}
}

// ready gives an executor to the machine, which may launch tasks there from now on.
func (l *loop) ready(e *executor, r *control.Ready) {
	if e.ready {
		return
	}
	e.ready = true
	for _, d := range r.GetDevices() {
		l.Log.Info("executor has devices", "executor", e.id, "resource", d.Name,
			"addresses", d.Addresses)
	}
	l.step(scheduler.ExecutorAdded{
		Executor: scheduler.ExecutorID(e.id), Host: e.container.Host, Rack: e.container.Rack,
		Slots: e.slots, Profile: e.container.Profile, Served: e.keeps(),
	})
	l.quorum.release(l)
	l.changed = true
}

// drop ends an executor's stream. Its container says why, or is given back when it does not.
func (l *loop) drop(e *executor, err error) {
	if e.gone || l.executors[e.id] != e {
		return
	}
	e.gone, e.goneAt, e.goneFor = true, l.now(), err
	e.conn.out.close()
	l.patrol = min(l.patrol, e.goneAt+reasonTime)
	l.Log.Debug("executor's stream ended", "executor", e.id, "error", err)
	l.bidFarewell()
}

// completed is the cluster's word that a container is gone.
func (l *loop) completed(c containers.Completed) {
	e := l.containers[c.ID]
	delete(l.containers, c.ID)
	if e == nil || l.stopping {
		return
	}
	if c.CausedByApp {
		l.countFailure(e, c)
	}
	if tookTheFiles(c.Reason) {
		l.giveUpHost(e.container.Host, c.String())
	}
	l.lost(e, c.String(), c.CausedByApp)
}

// lost takes an executor out of the books that nobody sent away.
func (l *loop) lost(e *executor, reason string, causedByApp bool) {
	if l.executors[e.id] != e {
		return
	}
	l.Log.Warn("executor lost", "executor", e.id, "reason", reason)
	if e.conn != nil {
		l.counts.lost++
	}
	l.remove(e, reason, causedByApp)
}

// remove takes an executor out of the books and tells the machine. Tasks that it was given after
// its end never began, so they are handed back before the machine counts what ran there.
func (l *loop) remove(e *executor, reason string, causedByApp bool) {
	l.executors[e.id] = nil
	if e.conn == nil {
		return
	}
	e.conn.out.close()
	if l.hosts[e.host]--; l.hosts[e.host] == 0 {
		delete(l.hosts, e.host)
	}
	l.forgetBlocks(e.id)
	if e.keeps() {
		l.outlive(e)
	} else {
		l.newEpoch()
	}
	id := scheduler.ExecutorID(e.id)
	if ends := notBegun(e.unsent); len(ends) > 0 {
		l.step(scheduler.TasksEnded{Executor: id, Ends: ends})
	}
	l.step(scheduler.ExecutorLost{
		Executor: id, Reason: text(reason), CausedByApp: causedByApp, OutputsLost: !e.keeps(),
	})
	l.changed = true
}

func notBegun(list []unsent) (ends []scheduler.TaskEnd) {
	for _, u := range list {
		for _, r := range u.ranges {
			for p := r.First; p < r.First+r.Count; p++ {
				t := dag.Task{Stage: u.stage, Partition: p, Attempt: r.Attempt}
				ends = append(ends, scheduler.TaskEnd{Task: t, Outcome: scheduler.Killed})
			}
		}
	}
	return ends
}
