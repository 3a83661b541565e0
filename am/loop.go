package am

import (
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// event is news for the loop. happen is called by the loop's goroutine, may use all of its state,
// and must not block.
type event interface{ happen(l *loop) }

// loop owns the scheduler's machine and every book about executors and jobs. Only its goroutine
// touches them.
type loop struct {
	*Driver
	machine  *scheduler.Machine
	told     time.Duration // when the machine last heard something
	recorder *recorder     // nil: nobody wants a log
	cluster  chan containers.Event
	timer    *time.Timer
	wake     time.Duration // when the machine wants a Tick; 0: no wish
	patrol   time.Duration // when housekeeping is next
	over     bool

	hosts      map[string]int                   // registered executors by host
	executors  []*executor                      // by id; nil once lost
	outlived   map[control.ExecutorID]*executor // lost, and their outputs are with a service
	undeleted  map[string][]int32               // dropped shuffles by host; see leftBehind
	containers map[containers.ID]*executor
	stages     map[dag.StageID]*stage
	jobs       []*job // running ones, by id
	blocks     map[dag.DatasetID]map[int32][]control.ExecutorID
	commits    []commitWait
	replies    map[dag.ShuffleID]*control.MapOutputsReply // of this epoch
	files      map[dag.ShuffleID]files
	epoch      int64  // of map outputs; see Driver.MapOutputs
	batch      *batch // whose ends are being stepped
	failures   failures
	quorum     quorum
	target     int // executors wanted now
	most       int // executors that were ever wanted at once
	pools      pools
	starving   starving
	counts     counts
	history    history
	shown      time.Duration // when Progress was last called
	changed    bool          // since then
	tracker    tracker
}

// run is the driver: one goroutine, one select. What happens elsewhere comes in as an event, and
// what the machine decides goes out through perform.
func (l *loop) run() {
	defer close(l.ended)
	defer l.timer.Stop()
	defer l.recorder.close()
	l.settle() // the machine may want executors
	for !l.over {
		select {
		case e := <-l.cluster:
			l.clusterEvent(e)
		case e := <-l.events:
			e.happen(l)
		case <-l.timer.C:
			l.tick()
			l.housekeep()
		}
		l.settle()
	}
}

// tick lets the machine see the time. A wish to be woken is fulfilled by that, and forgotten: the
// machine, which may have no other, would else be woken again at once, for ever.
func (l *loop) tick() {
	if l.wake <= l.now() {
		l.wake = 0
	}
	l.step(scheduler.Tick{})
}

// step tells the machine. An event it refuses is a bug here or a lie of an executor; either way the
// machine is unharmed.
func (l *loop) step(e scheduler.Event) {
	if err := l.tell(e); err != nil {
		l.Log.Error("the scheduler refuses an event", "event", e, "error", err)
	}
}

// tell is the only way to the machine, and the log's.
func (l *loop) tell(e scheduler.Event) error {
	l.told = l.now()
	l.recorder.tell(l.told, e)
	return l.machine.Step(l.told, e)
}

// act performs what the machine wants done now.
func (l *loop) act() {
	at := l.told
	l.recorder.tell(at, nil)
	for _, a := range l.machine.Ready() {
		l.Log.Trace("perform", "at", at, "action", a)
		l.perform(a)
	}
}

// settle performs what the machine wants done and sets the timer for what comes next.
func (l *loop) settle() {
	l.act()
	l.show()
	next := l.patrol
	if l.wake > 0 {
		next = min(next, l.wake)
	}
	l.timer.Reset(max(next-l.now(), 0))
}

// now is the time since the application started, as the machine counts it.
func (l *loop) now() time.Duration { return time.Since(l.started) }
