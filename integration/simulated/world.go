package simulated

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// world is one simulated application and all that surrounds it.
type world struct {
	clock
	trace
	random  *rand.Rand
	options options
	program *program
	plan    []fault
	weather weather
	hits    [faultKinds]int
	driver  *driver
	yarn    *yarn
	files   *files
	truth   truth
	over    bool // all jobs have ended
	// profiled: there are two profiles, and executors come and go.
	profiled bool
	launches [profiles]int // tasks launched, by the executor's profile
	// moment is told of the steps of every task: a named schedule acts there.
	moment func(m moment, e *executor, t *task)
}

// options choose a world.
type options struct {
	seed   uint64
	breaks breaks    // rules that are broken on purpose
	lines  io.Writer // of the trace; nil for none
	// A named schedule replaces what the seed would draw.
	program func(r *rand.Rand, seed uint64) *program
	calm    bool // no faults but those of moment
	served  bool // every host has a shuffle service
	moment  func(w *world) func(m moment, e *executor, t *task)
	config  func(*scheduler.Config)
}

// outcome is what a run leaves.
type outcome struct {
	hash     uint64
	steps    int
	err      error // a broken promise
	finished int   // jobs with an answer
	failed   int   // jobs that failed for a named reason
	hits     [faultKinds]int
	launches [profiles]int
}

// The limits of a run in virtual time: faults come in the first part, zombies may do harm in the
// last, and a run that takes longer hangs.
const (
	faultTime = 45 * time.Second
	drainTime = 40 * time.Second
	hangTime  = 30 * time.Minute
)

// run plays one seed.
func run(o options) outcome {
	w := newWorld(o)
	w.start()
	for w.truth.err == nil && w.step() && !w.overAndDrained() {
		if w.now > hangTime {
			w.fail("hung: %s", w.driver.state())
		}
	}
	if w.truth.err == nil {
		w.checkEnd()
	}
	out := outcome{hash: w.sum.Sum64(), steps: w.count, err: w.truth.err, hits: w.hits,
		launches: w.launches}
	for _, j := range w.program.jobs {
		if j.ended && j.err == nil {
			out.finished++
		} else {
			out.failed++
		}
	}
	return out
}

func newWorld(o options) *world {
	// What the seed chooses and what the run draws are separate, so that the same plan meets
	// a run that goes another way.
	chosen := rand.New(rand.NewPCG(o.seed, 1))
	w := &world{
		clock: newClock(), trace: newTrace(o.lines),
		random: rand.New(rand.NewPCG(o.seed, 2)), options: o,
		files: newFiles(),
	}
	draw := newProgram
	if o.program != nil {
		draw = o.program
	}
	w.program = draw(chosen, o.seed)
	if o.breaks.claimsSteady {
		w.program.claimSteady()
	}
	w.moment = func(moment, *executor, *task) {}
	if o.moment != nil {
		w.moment = o.moment(w)
	}
	w.yarn = newYarn(w)
	config := w.drawConfig(chosen)
	w.drawProfiles(&config)
	if !o.calm {
		w.plan = newPlan(chosen)
		w.weather = newWeather(chosen)
		w.yarn.drawServices(chosen)
	}
	if o.served {
		w.yarn.serveAll()
	}
	w.truth = newTruth(config)
	w.driver = newDriver(w, config)
	return w
}

// drawConfig is generous with tries in most worlds: then a job must not fail at all, because
// no plan has as many faults.
func (w *world) drawConfig(r *rand.Rand) scheduler.Config {
	c := scheduler.Config{MaxFailures: 100, MaxStageAttempts: 60}
	if r.IntN(5) == 0 {
		c.MaxFailures, c.MaxStageAttempts = 4, 4
	}
	if r.IntN(2) == 0 {
		c.Mode = pool.Fair
	}
	if r.IntN(2) == 0 {
		wait := time.Duration(r.IntN(1000)) * time.Millisecond
		c.Wait = scheduler.Waits{Process: wait, Node: wait, Rack: wait}
	}
	if r.IntN(2) == 0 {
		c.QueueTime = 500 * time.Millisecond
	}
	if r.IntN(2) == 0 {
		c.Speculation = eagerCopies()
	}
	if r.IntN(4) == 0 {
		c.Exclusion = scheduler.Exclusion{
			TaskAndStage: true, Application: r.IntN(2) == 0,
			Timeout: 5 * time.Second, UnschedulableTimeout: 60 * time.Second,
		}
	}
	if w.options.config != nil {
		w.options.config(&c)
	}
	return c
}

// eagerCopies launches copies of tasks that are a little slower than others.
func eagerCopies() scheduler.Speculation {
	return scheduler.Speculation{
		Enabled: true, Interval: 100 * time.Millisecond, Quantile: 0.3, Multiplier: 1.2,
		MinRuntime: 100 * time.Millisecond,
	}
}

func (w *world) start() {
	for _, s := range w.program.stages {
		w.log("stage %d: %d tasks, reads %v, by chance %v, persisted as %d",
			s.spec.ID, s.spec.Tasks, s.spec.Parents, s.chance, s.persisted)
	}
	w.yarn.start()
	w.driver.start()
	for i := range w.plan {
		f := &w.plan[i]
		w.at(f.at, func() { w.inject(f) })
	}
	for _, j := range w.program.jobs {
		w.at(time.Duration(j.submit*float64(time.Second)), func() { w.driver.submit(j) })
	}
}

// overAndDrained: the jobs have ended, and what was still under way had its time.
func (w *world) overAndDrained() bool {
	if !w.over && w.driver.idle() {
		w.over = true
		w.after(drainTime, func() { w.driver.over = true })
	}
	return w.driver.over
}

// upTo draws a duration.
func (w *world) upTo(d time.Duration) time.Duration {
	return time.Duration(w.random.Int64N(int64(d)) + 1)
}

// chance is true with probability p.
func (w *world) chance(p float64) bool { return p > 0 && w.random.Float64() < p }

func (w *world) log(format string, args ...any) { w.note(w.now, format, args...) }

// fail notes the first broken promise. The run ends with it.
func (w *world) fail(format string, args ...any) {
	if w.truth.err == nil {
		w.truth.err = fmt.Errorf("at %s: "+format, append([]any{w.now}, args...)...)
		w.log("BROKEN %s", w.truth.err)
	}
}
