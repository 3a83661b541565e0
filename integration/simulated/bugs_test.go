package simulated

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// A schedule strikes at chosen moments of a task's life. It says with w.hit(faultScheduled) that it
// did.
type schedule func(w *world) func(m moment, e *executor, t *task)

// TestPastBugs replays what went wrong in other engines, as schedules: each in 20 worlds that differ
// in everything else. The answer must be right; where it cannot be, the job must fail and say so.
func TestPastBugs(t *testing.T) {
	for _, c := range []struct {
		name   string
		saves  bool
		chance bool
		config func(*scheduler.Config)
		play   schedule
		// program replaces the usual one, of one job.
		program func(*rand.Rand, uint64) *program
		fails   bool // it may fail for a named reason
	}{
		{name: "SPARK-4879 a copy and its original ask to commit at the same instant",
			saves: true, config: speculate, play: copiesAskTogether},
		{name: "SPARK-18113 SPARK-24589 questions repeated over two stage attempts",
			saves: true, config: patient, play: repeatedQuestions},
		{name: "SPARK-19631 a task that is given up asks later",
			saves: true, play: zombieAsks},
		{name: "SPARK-39195 SPARK-48292 killed after permission, before the report",
			saves: true, play: killedBeforeReport},
		{name: "SPARK-33019 the commit of the job dies half way",
			saves: true, play: renameBreaks(failBefore)},
		{name: "HDFS-86 a rename is done and its answer lost, a zombie renames again",
			saves: true, play: renameBreaks(failAfter)},
		{name: "SPARK-23207 SPARK-25341 a map task of chance runs again before anybody read",
			chance: true, play: mapAgain(1)},
		{name: "SPARK-53575 SPARK-54556 a map task of chance runs again after a result was used",
			chance: true, play: mapAgain(3), fails: true},
		{name: "SPARK-23207 a map task of chance is lost between two jobs",
			program: jobAfterJob, play: lostBetweenJobs},
		{name: "SPARK-4105 SPARK-27562 SPARK-35275 stored blocks are damaged",
			config: patient, play: damagedBlocks},
		{name: "SPARK-9439 SPARK-17321 SPARK-21660 SPARK-27736 the store forgets all outputs",
			play: forgetfulStores},
		{name: "CELEBORN-2313 Uniffle-2631 places of outputs arrive when they are old",
			play: oldAnswers},
		{name: "R13 an executor that is taken for lost commits on",
			saves: true, play: zombieGoesOn},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			struck := 0
			for seed := range uint64(20) {
				o := options{
					seed: seed, calm: true, config: c.config, moment: c.play, program: c.program,
				}
				if o.program == nil {
					o.program = oneJob(c.saves, c.chance)
				}
				out := run(o)
				if out.err != nil || out.failed > 0 && !c.fails {
					t.Errorf("seed %d: %d jobs failed; %v", seed, out.failed, out.err)
				}
				struck += min(out.hits[faultScheduled], 1)
			}
			if struck < 10 {
				t.Errorf("the schedule struck in %d of 20 worlds only", struck)
			}
		})
	}
}

// oneJob is a map stage of 8 tasks and a result stage of 8.
func oneJob(saves, chance bool) func(*rand.Rand, uint64) *program {
	return func(r *rand.Rand, seed uint64) *program {
		p := &program{seed: seed, reduces: 8, byID: make(map[dag.StageID]*stage)}
		s := &stage{persisted: noDataset, chance: chance}
		s.spec = dag.Stage{Name: "map", Tasks: 8, Reduces: 8, Deterministic: !chance}
		p.stages = append(p.stages, s)
		p.byID[0] = s
		j := p.addJob(r)
		for j.saves != saves || j.result.spec.Partitions != nil {
			p.jobs = nil
			j = p.addJob(r)
		}
		return p
	}
}

// jobAfterJob is a map stage of chance, one that reads it, and two jobs over that, the second when
// the first is long over.
func jobAfterJob(r *rand.Rand, seed uint64) *program {
	p := oneJob(false, true)(r, seed)
	first := p.stages[0]
	second := &stage{persisted: noDataset, parents: []*stage{first}}
	second.spec = dag.Stage{
		ID: 1, Name: "map 1", Tasks: 8, Shuffle: 1, Reduces: 8, Deterministic: true,
		Parents: []dag.Parent{{Shuffle: 0}},
	}
	p.stages, p.byID[1], p.jobs = append(p.stages, second), second, nil
	for len(p.jobs) < 2 {
		j := p.addJob(r)
		if len(j.result.parents) > 1 || j.result.parents[0] != second {
			p.jobs = p.jobs[:len(p.jobs)-1]
			continue
		}
		j.submit = 40 * float64(len(p.jobs)-1)
	}
	return p
}

func speculate(c *scheduler.Config) { c.Speculation = eagerCopies() }

// patient lets a stage lose its input often: each output that is found damaged is one attempt.
func patient(c *scheduler.Config) { c.MaxStageAttempts = 60 }

func isResult(t *task, partition, attempt int32) bool {
	return t.stage.spec.Result() && t.Partition == partition && t.Attempt == attempt
}

// once lets a strike happen a single time.
func once(w *world, when func(m moment, e *executor, t *task) bool, strike func(*executor)) func(moment, *executor, *task) {
	done := false
	return func(m moment, e *executor, t *task) {
		if !done && when(m, e, t) {
			done = true
			w.hit(faultScheduled)
			w.log("strike at %s on %s", t, e.id)
			strike(e)
		}
	}
}

func copiesAskTogether(w *world) func(moment, *executor, *task) {
	var original *executor
	return func(m moment, e *executor, t *task) {
		if m != atWritten || !t.stage.spec.Result() || t.Partition != 0 {
			return
		}
		if original == nil {
			original, e.frozen = e, w.now+9*time.Second
			return
		}
		if e != original && w.now < original.frozen {
			w.hit(faultScheduled)
			original.frozen = w.now
		}
	}
}

func repeatedQuestions(w *world) func(moment, *executor, *task) {
	w.weather = weather{doubled: 0.9, lost: 0.3, reordered: 0.5}
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atFetch && isResult(t, 0, 0)
	}, func(*executor) { wipe(w.alive()) })
}

func zombieAsks(w *world) func(moment, *executor, *task) {
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atWritten && isResult(t, 0, 0)
	}, func(e *executor) { e.link.cut = w.now + 14*time.Second })
}

func zombieGoesOn(w *world) func(moment, *executor, *task) {
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atGranted && isResult(t, 0, 0)
	}, func(e *executor) { e.link.cut = w.now + 14*time.Second })
}

func killedBeforeReport(w *world) func(moment, *executor, *task) {
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atGranted && isResult(t, 0, 0)
	}, func(e *executor) { w.yarn.complete(e.container, "exit code 137", true) })
}

func renameBreaks(how renameFault) schedule {
	return func(w *world) func(moment, *executor, *task) {
		return once(w, func(m moment, _ *executor, t *task) bool {
			return m == atGranted && t.stage.spec.Result()
		}, func(*executor) { w.files.failing[partName(w.program.jobs[0], 3)] = how })
	}
}

// mapAgain loses map outputs when the n-th result task fetches.
func mapAgain(n int) schedule {
	return func(w *world) func(moment, *executor, *task) {
		return once(w, func(m moment, _ *executor, t *task) bool {
			if m == atFetch && t.stage.spec.Result() {
				n--
			}
			return n == 0
		}, func(e *executor) {
			for _, x := range w.alive() {
				if x != e && len(x.outputs) > 0 {
					w.truth.losses++
					w.yarn.complete(x.container, "preempted", false)
					return
				}
			}
		})
	}
}

// lostBetweenJobs ends an executor that has outputs of both map stages.
func lostBetweenJobs(w *world) func(moment, *executor, *task) {
	w.at(35*time.Second, func() {
		for _, x := range w.alive() {
			if len(w.running()) == 0 && len(x.outputs) > 2 {
				w.hit(faultScheduled)
				w.yarn.complete(x.container, "preempted", false)
				return
			}
		}
	})
	return func(moment, *executor, *task) {}
}

func damagedBlocks(w *world) func(moment, *executor, *task) {
	return func(m moment, e *executor, t *task) {
		if m != atStored || t.Attempt > 0 {
			return
		}
		for _, b := range e.outputs[len(e.outputs)-1].blocks {
			if len(b.data) > 0 {
				w.hit(faultScheduled)
				b.flip(w.random.IntN(8 * len(b.data)))
			}
		}
	}
}

func forgetfulStores(w *world) func(moment, *executor, *task) {
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atFetch && t.stage.spec.Result()
	}, func(*executor) { wipe(w.alive()) })
}

func wipe(list []*executor) {
	for _, e := range list {
		e.outputs = nil
	}
}

// oldAnswers holds back what an executor learns while an output it learns of is lost.
func oldAnswers(w *world) func(moment, *executor, *task) {
	return once(w, func(m moment, _ *executor, t *task) bool {
		return m == atBegin && t.stage.spec.Result()
	}, func(e *executor) {
		e.link.cut = w.now + 4*time.Second
		for _, x := range w.alive() {
			if x != e && len(x.outputs) > 0 {
				w.after(10*time.Millisecond, func() { w.yarn.complete(x.container, "preempted", false) })
				return
			}
		}
	})
}
