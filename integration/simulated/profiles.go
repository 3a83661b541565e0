package simulated

import (
	"math/rand/v2"
	"time"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// A quarter of all worlds has two profiles: each stage has one of them, and its tasks may run on
// executors of that profile only. There the machine itself says how many executors of each it
// wants, and gives idle ones back; in other worlds their number is fixed.
const (
	plain    = resource.Default
	special  = plain + 1
	profiles = special + 1
)

// perProfile is the most executors of a profile. All of both find a place on the hosts.
const perProfile = hostCount * perHost / int(profiles)

// shapes are what the driver tells the machine of the profiles.
var shapes = [profiles]resource.Shape{
	plain: {Executor: resource.Make(1024, 1), Task: resource.Task{CPUs: 1}},
	special: {
		Executor: resource.Make(1024, 2, resource.Amount{Name: "widget", Count: 1}),
		Task:     resource.Task{CPUs: 1},
	},
}

// drawProfiles decides whether a world has two profiles. It has a random source of its own, so that
// the other worlds are what they would be without.
func (w *world) drawProfiles(c *scheduler.Config) {
	r := rand.New(rand.NewPCG(w.options.seed, 3))
	if w.options.program != nil || r.IntN(4) > 0 {
		return
	}
	w.profiled = true
	w.yarn.want = [profiles]int{}
	w.program.drawProfiles(r)
	c.Allocation = scheduler.Allocation{KeepOutputs: true, Settings: dynalloc.Settings{
		Enabled: true, Policy: dynalloc.Policy(r.IntN(2)), Max: perProfile,
		Backlog:     time.Duration(1+r.IntN(1000)) * time.Millisecond,
		Idle:        time.Duration(1+r.IntN(8)) * time.Second,
		CachedIdle:  time.Duration(r.IntN(20)) * time.Second,
		OutputsIdle: time.Duration(r.IntN(20)) * time.Second,
	}}
}

func (p *program) drawProfiles(r *rand.Rand) {
	draw := func(s *stage) { s.spec.Profile = resource.ID(r.IntN(int(profiles))) }
	for _, s := range p.stages {
		draw(s)
	}
	for _, j := range p.jobs {
		draw(j.result)
		j.spec.Stages = p.above(j.result)
	}
}

func (d *driver) tellProfiles() {
	for id, shape := range shapes {
		d.tell(scheduler.ProfileAdded{ID: resource.ID(id), Shape: shape})
	}
}

// wantExecutors passes on what the machine wants.
func (d *driver) wantExecutors(a scheduler.WantExecutors) {
	d.world.yarn.want = [profiles]int{}
	for _, want := range a.Wants {
		d.world.yarn.want[want.Profile] = want.Count
	}
}

// releaseExecutors gives idle executors back. They are out of the books at once, as in package am.
func (d *driver) releaseExecutors(a scheduler.ReleaseExecutors) {
	for _, id := range a.Executors {
		if e := d.entry(id); e != nil {
			if len(e.executor.queue)+len(e.executor.running) > 0 {
				d.world.fail("%s is given back with tasks", id)
			}
			d.lost(e, "it was idle and given back", false)
		}
	}
}

// living counts the containers of a profile.
func (y *yarn) living(p resource.ID) (n int) {
	for _, c := range y.containers {
		if c.profile == p {
			n++
		}
	}
	return n
}

// missing is a profile of which there are fewer executors than the driver wants.
func (y *yarn) missing() (p resource.ID, some bool) {
	for p := range profiles {
		if y.living(p) < y.want[p] {
			return p, true
		}
	}
	return 0, false
}
