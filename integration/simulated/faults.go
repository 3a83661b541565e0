package simulated

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// faultKind is one way in which the world goes wrong.
type faultKind int

const (
	faultKill      faultKind = iota // an executor crashes, by the application's fault
	faultPreempt                    // YARN takes a container back
	faultNode                       // a node vanishes with its executors
	faultCut                        // an executor is cut off for a while, or for too long
	faultFreeze                     // an executor stops for a while, or for too long
	faultFlip                       // bits of a stored block flip
	faultWipe                       // an executor's map outputs are gone, but not the executor
	faultFailTasks                  // an executor fails its tasks for a while
	faultSlow                       // an executor is ten times slower for a while
	faultNetwork                    // all messages take a hundred times as long
	faultYarn                       // the ResourceManager does not answer for a while
	faultCancel                     // somebody cancels a job
	faultDrop                       // the driver collects a shuffle that is still in use
	faultEvict                      // cached blocks are dropped for want of memory
	faultUnpersist                  // the driver drops a dataset
	faultWrite                      // files cannot be closed for a while
	faultPools                      // the allocation file changes
	faultPeers                      // two executors do not reach each other for a while
	faultRename                     // a rename of the job's commit fails, done or not
	faultService                    // a host's shuffle service dies for good
	faultRestart                    // a host's shuffle service restarts
	faultScheduled                  // the last kind of the plan; those below happen all the time
	faultDouble                     // a message arrives twice
	faultLose                       // a question or its answer is lost
	faultReorder                    // news overtakes older news
	faultStart                      // an executor does not start
	faultKinds
)

var faultNames = [faultKinds]string{
	"kill", "preempt", "node", "cut", "freeze", "flip", "wipe", "fail-tasks", "slow", "network",
	"yarn", "cancel", "drop", "evict", "unpersist",
	"write", "pools", "peers", "rename", "service", "restart",
	"", "double", "lose", "reorder", "start",
}

// String names the kind.
func (k faultKind) String() string { return faultNames[k] }

// fault is one planned fault.
type fault struct {
	kind faultKind
	at   time.Duration
	pick int           // of what it can strike
	long time.Duration // how long it holds
}

// newPlan draws 0 to 25 faults. Faults that lose work are as frequent as the rest together, except
// that a job is seldom cancelled.
func newPlan(r *rand.Rand) []fault {
	plan := make([]fault, r.IntN(26))
	for i := range plan {
		kind := faultKind(r.IntN(int(faultScheduled)))
		if r.IntN(2) == 0 {
			kind = faultKind(r.IntN(int(faultWipe) + 1))
		}
		if kind == faultCancel && r.IntN(4) > 0 {
			kind = faultEvict
		}
		plan[i] = fault{
			kind: kind, at: time.Duration(r.Int64N(int64(faultTime))),
			pick: r.IntN(1 << 20), long: time.Duration(r.Int64N(int64(20 * time.Second))),
		}
	}
	return plan
}

func newWeather(r *rand.Rand) weather {
	pick := func() float64 { return []float64{0, 0.01, 0.1}[r.IntN(3)] }
	return weather{doubled: pick(), lost: pick(), reordered: pick()}
}

// failsToStart says whether an executor does not come up: seldom, and only in worlds with faults.
func (w *world) failsToStart() bool { return len(w.plan) > 0 && w.chance(0.03) }

func (w *world) hit(k faultKind) { w.hits[k]++ }

// inject lets a fault strike, if there is something to strike.
func (w *world) inject(f *fault) {
	if w.over {
		return
	}
	if w.strike(f) {
		w.hit(f.kind)
		w.log("fault %s %d for %s", f.kind, f.pick, f.long)
	}
}

func (w *world) strike(f *fault) bool {
	switch f.kind {
	case faultNode:
		return w.strikeNode(f)
	case faultNetwork:
		w.weather.slowUntil = w.now + f.long
	case faultYarn:
		w.yarn.silent = w.now + f.long
	case faultCancel:
		return w.strikeJob(f)
	case faultWrite:
		w.files.failCloses(1 + f.pick%3)
	case faultPools:
		w.driver.step(scheduler.PoolsChanged{Pools: w.drawPools()})
	case faultPeers:
		return w.strikePeers(f)
	case faultDrop, faultUnpersist:
		return w.strikeData(f)
	case faultRename:
		return w.strikeRename(f)
	case faultService, faultRestart:
		return w.strikeService(f)
	case faultFlip, faultWipe:
		return w.strikeFiles(f)
	default:
		if e := pick(f.pick, w.alive()); e != nil {
			return w.strikeExecutor(f, e)
		}
		return false
	}
	return true
}

// alive are the processes that run, by id.
func (w *world) alive() []*executor {
	return slices.DeleteFunc(slices.Clone(w.driver.processes), func(e *executor) bool {
		return e.dead || e.container.process == nil
	})
}

// writers are the processes whose outputs can be read, by id.
func (w *world) writers() []*executor {
	return slices.DeleteFunc(slices.Clone(w.driver.processes), func(e *executor) bool {
		return len(e.outputs) == 0 || e.dead && !e.served
	})
}

func pick[T any](n int, list []*T) *T {
	if len(list) == 0 {
		return nil
	}
	return list[n%len(list)]
}

func (w *world) strikeExecutor(f *fault, e *executor) bool {
	switch f.kind {
	case faultKill:
		w.truth.losses++
		w.yarn.complete(e.container, "exit code 137", true)
	case faultPreempt:
		w.truth.losses++
		w.yarn.complete(e.container, "preempted", false)
	case faultCut:
		w.truth.losses++
		e.link.cut = w.now + f.long
	case faultFreeze:
		w.truth.losses++
		e.frozen = w.now + f.long
	case faultFailTasks:
		e.broken = w.now + f.long/8
	case faultSlow:
		e.slow = w.now + f.long
	case faultEvict:
		return e.evict()
	}
	return true
}

// strikeFiles damages or takes the map outputs of an executor, living or not.
func (w *world) strikeFiles(f *fault) bool {
	e := pick(f.pick, w.writers())
	switch {
	case e == nil:
		return false
	case f.kind == faultFlip:
		return w.flip(f, e)
	}
	w.truth.losses += len(e.outputs) // readers find them gone one by one
	w.yarn.hosts[e.container.host].service.blamed = true
	e.outputs = nil
	return true
}

// flip damages one bit in a block of an output. Each damaged output is a loss.
func (w *world) flip(f *fault, e *executor) bool {
	o := pick(f.pick, e.outputs)
	if o == nil {
		return false
	}
	for _, b := range o.blocks {
		if len(b.data) > 0 {
			b.flip(f.pick % (8 * len(b.data)))
			w.truth.losses++
			return true
		}
	}
	return false
}

func (w *world) strikeNode(f *fault) bool {
	h := f.pick % hostCount
	up := slices.DeleteFunc(slices.Clone(w.yarn.hosts), func(h host) bool { return h.down })
	if w.yarn.hosts[h].down || len(up) < 2 {
		return false
	}
	w.truth.losses++
	w.yarn.loseNode(h)
	return true
}

func (w *world) strikeJob(f *fault) bool {
	j := pick(f.pick, w.running())
	if j == nil {
		return false
	}
	j.cancel = true
	w.driver.step(scheduler.JobCancelled{Job: j.spec.ID, Reason: "somebody cancelled it"})
	return true
}

// strikeData drops a shuffle, or a dataset. A shuffle goes only when no job to come names it.
func (w *world) strikeData(f *fault) bool {
	s := pick(f.pick, w.program.stages)
	if f.kind == faultUnpersist {
		if s.persisted != noDataset {
			w.driver.unpersist(s.persisted)
		}
		return s.persisted != noDataset
	}
	for _, j := range w.program.jobs {
		if !j.started {
			return false
		}
	}
	w.truth.losses++
	for h := range w.yarn.hosts {
		w.yarn.hosts[h].service.blamed = true // the word may come late and take new outputs
	}
	w.driver.dropShuffle(s.spec.Shuffle)
	return true
}

// strikeRename lets the commit of a saving job meet a broken connection.
func (w *world) strikeRename(f *fault) bool {
	saving := slices.DeleteFunc(slices.Clone(w.program.jobs), func(j *job) bool {
		return !j.saves || j.ended || len(j.result.computed()) == 0
	})
	j := pick(f.pick, saving)
	if j == nil {
		return false
	}
	parts := j.result.computed()
	w.files.failing[partName(j, parts[f.pick%len(parts)])] = renameFault(1 + f.pick%2)
	return true
}

func partName(j *job, partition int32) string {
	return fmt.Sprintf("/out/%d/part-%05d", j.spec.ID, partition)
}

// drawPools gives new settings to some pools.
func (w *world) drawPools() (list []pool.Spec) {
	for _, name := range []string{"a", "b", pool.DefaultName} {
		if w.chance(0.7) {
			list = append(list, pool.Spec{
				Name: name, Mode: pool.Mode(w.random.IntN(2)), Weight: 1 + w.random.IntN(3),
				MinShare: w.random.IntN(4), MaxShare: w.random.IntN(4),
			})
		}
	}
	return list
}

// strikePeers keeps two executors apart. A reader gives up after seconds, so that one such fault
// can cost several attempts of a stage.
func (w *world) strikePeers(f *fault) bool {
	list := w.alive()
	if len(list) < 2 {
		return false
	}
	a, b := list[f.pick%len(list)], list[(f.pick/7+1)%len(list)]
	if a == b {
		return false
	}
	w.truth.losses += 1 + int(f.long/(2*time.Second))
	a.apart[b.id], b.apart[a.id] = w.now+f.long, w.now+f.long
	return true
}
