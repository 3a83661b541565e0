package scheduler_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
	"pgregory.net/rapid"
)

// TestFairOracle plays random pools and jobs and computes for each event who must get the free
// slots: slot by slot, by looking at everybody. It compares 100,000 slots given away.
func TestFairOracle(t *testing.T) {
	slots := 0
	rapid.Check(t, func(t *rapid.T) {
		o := newFairWorld(rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))))
		for range 1000 {
			want := o.expected()
			slots += len(want)
			if got := o.settle(); !slices.Equal(got, want) {
				t.Fatalf("stages got slots %v, want %v\n%+v", got, want, o.m.Status())
			}
			o.next()
		}
	})
	if slots < 100_000 {
		t.Errorf("only %d slots were given away", slots)
	}
}

type fairWorld struct {
	*rand.Rand
	m       *scheduler.Machine
	running []dag.Task
	slots   int
	jobs    int
}

func newFairWorld(r *rand.Rand) *fairWorld {
	m, err := scheduler.New(scheduler.Config{Mode: pool.Fair, QueueTime: -1})
	if err != nil {
		panic(err)
	}
	o := &fairWorld{Rand: r, m: m, slots: 1 + r.Intn(12)}
	o.step(scheduler.ExecutorAdded{Slots: o.slots})
	return o
}

func (o *fairWorld) step(e scheduler.Event) {
	if err := o.m.Step(0, e); err != nil {
		panic(err)
	}
}

// next makes something happen.
func (o *fairWorld) next() {
	switch {
	case o.Intn(50) == 0:
		o.changePools()
	case o.jobs-o.over() < 8 && o.Intn(3) == 0:
		o.step(scheduler.JobSubmitted{Job: dag.Job{
			ID: dag.JobID(o.jobs), Pool: fmt.Sprint("p", o.Intn(5)),
			Stages: []dag.Stage{{
				ID: dag.StageID(o.jobs), Tasks: 1 + o.Intn(20), Shuffle: dag.NoShuffle,
			}},
		}})
		o.jobs++
	case len(o.running) > 0:
		o.end(1 + o.Intn(min(3, len(o.running))))
	}
}

func (o *fairWorld) over() int { return o.jobs - len(o.m.Status().Jobs) }

func (o *fairWorld) changePools() {
	var e scheduler.PoolsChanged
	for i := range 4 {
		e.Pools = append(e.Pools, pool.Spec{
			Name: fmt.Sprint("p", i), Mode: pool.Mode(o.Intn(2)), Weight: 1 + o.Intn(4),
			MinShare: o.Intn(4), MaxShare: max(0, o.Intn(12)-4),
		})
	}
	o.step(e)
}

func (o *fairWorld) end(n int) {
	var ends []scheduler.TaskEnd
	for range n {
		i := o.Intn(len(o.running))
		end := scheduler.TaskEnd{Task: o.running[i]}
		if o.Intn(4) == 0 {
			end.Outcome = scheduler.Killed // it runs again
		}
		ends = append(ends, end)
		o.running = slices.Delete(o.running, i, i+1)
	}
	o.step(scheduler.TasksEnded{Ends: ends})
}

// settle performs the actions and tells the stages that got slots, in order, one for each slot.
func (o *fairWorld) settle() (got []dag.StageID) {
	for _, a := range o.m.Ready() {
		launch, ok := a.(scheduler.LaunchTasks)
		if !ok {
			continue
		}
		for _, r := range launch.Ranges {
			for i := range r.Count {
				task := dag.Task{Stage: launch.Stage, Partition: r.First + i, Attempt: r.Attempt}
				o.running = append(o.running, task)
				got = append(got, launch.Stage)
			}
		}
	}
	slices.Sort(got)
	return got
}

// expected gives the free slots away by the letter of the rules.
func (o *fairWorld) expected() (want []dag.StageID) {
	st := o.m.Status()
	running := make(map[string]int)
	poolOf := make(map[dag.StageID]string)
	for _, j := range st.Jobs {
		poolOf[j.Stages[0]] = j.Pool
	}
	for _, s := range st.Stages {
		running[poolOf[s.ID]] += s.Running
	}
	for free := o.slots - len(o.running); free > 0; free-- {
		s := slowestServed(&st, poolOf, running)
		if s == nil {
			break
		}
		s.Pending--
		s.Running++
		running[poolOf[s.ID]]++
		want = append(want, s.ID)
	}
	slices.Sort(want)
	return want
}

// slowestServed looks for the stage that goes before all others.
func slowestServed(
	st *scheduler.Status, poolOf map[dag.StageID]string, running map[string]int,
) (best *scheduler.StageStatus) {
	spec := make(map[string]pool.Spec)
	for _, p := range st.Pools {
		spec[p.Name] = p.Spec
	}
	for i := range st.Stages {
		s := &st.Stages[i]
		name := poolOf[s.ID]
		if s.Pending == 0 || spec[name].MaxShare > 0 && running[name] >= spec[name].MaxShare {
			continue
		}
		if best == nil || goesBefore(s, best, poolOf, spec, running) {
			best = s
		}
	}
	return best
}

func goesBefore(a, b *scheduler.StageStatus, poolOf map[dag.StageID]string,
	spec map[string]pool.Spec, running map[string]int,
) bool {
	p, q := spec[poolOf[a.ID]], spec[poolOf[b.ID]]
	if p.Name == q.Name {
		if p.Mode == pool.Fair && a.Running != b.Running {
			return a.Running < b.Running
		}
		return a.ID < b.ID // its job's number too
	}
	runP, runQ := running[p.Name], running[q.Name]
	needyP, needyQ := runP < p.MinShare, runQ < q.MinShare
	if needyP != needyQ {
		return needyP
	}
	ratioP, ratioQ := float64(runP)/float64(p.Weight), float64(runQ)/float64(q.Weight)
	if needyP {
		ratioP, ratioQ = float64(runP)/float64(p.MinShare), float64(runQ)/float64(q.MinShare)
	}
	return cmp.Or(cmp.Compare(ratioP, ratioQ), cmp.Compare(p.Name, q.Name)) < 0
}
