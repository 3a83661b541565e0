package scheduler_test

import (
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"pgregory.net/rapid"
)

// drawShape draws a profile with room for at least one task. Profile 0 is never for tasks only.
func (w *world) drawShape(t *rapid.T) resource.Shape {
	for {
		p := resource.Profile{Task: resource.Task{CPUs: rapid.IntRange(1, 2).Draw(t, "cpus")}}
		if gpus := rapid.IntRange(0, 2).Draw(t, "gpus of executors"); gpus > 0 {
			p.Executor.Extra = []resource.Amount{{Name: "gpu", Count: int64(gpus)}}
		}
		if rapid.Bool().Draw(t, "gpus of tasks") {
			parts, _ := resource.PartsOf(rapid.SampledFrom([]float64{1, 0.5, 0.4, 1.0 / 3}).Draw(t, "gpu"))
			p.Task.Shares = []resource.Share{{Name: "gpu", Parts: parts}}
		}
		if len(w.shapes) == 0 || len(p.Executor.Extra) > 0 || rapid.Bool().Draw(t, "executors") {
			p.Executor.Cores = rapid.IntRange(1, 4).Draw(t, "cores")
		}
		d := resource.Defaults{Cores: 1, Memory: 1, Task: resource.Task{CPUs: 1}}
		if len(w.shapes) > 0 {
			d.Cores, d.Extra = w.shapes[0].Executor.Cores, w.shapes[0].Executor.Extra
		}
		if s, err := d.Shape(p); err == nil {
			return s
		}
	}
}

func (w *world) addProfile(t *rapid.T) {
	if len(w.shapes) < 4 {
		s := w.drawShape(t)
		w.shapes = append(w.shapes, s)
		w.step(t, scheduler.ProfileAdded{ID: resource.ID(len(w.shapes) - 1), Shape: s})
	}
}

func (w *world) drawProfile(t *rapid.T) resource.ID {
	return resource.ID(rapid.IntRange(0, len(w.shapes)-1).Draw(t, "profile"))
}

// fits checks what an executor was given: tasks of profiles that it may run, and together no more
// than it has, but for a queue of one stage's tasks.
func (w *world) fits(t *rapid.T, x scheduler.ExecutorID) {
	own := w.profileOf[x]
	have := w.shapes[own]
	stages := make(map[dag.StageID]bool)
	cpus, gpus, n := 0, 0.0, len(w.running[x])
	for _, task := range w.running[x] {
		id := w.ran[task]
		shape := w.shapes[id]
		covered := w.conf.CoverProfiles && shape.Executor.Fits(have.Executor)
		lent := shape.TaskOnly && !w.conf.Allocation.Enabled && own == resource.Default
		if id != own && !covered && !lent {
			t.Fatalf("%s of profile %d is on %s of profile %d\n%s", task, id, x, own, w.log.String())
		}
		stages[task.Stage] = true
		cpus += shape.Task.CPUs
		for _, s := range shape.Task.Shares {
			gpus += 1 / float64(s.PerUnit())
		}
	}
	queue := 1
	if len(stages) == 1 {
		queue += w.conf.MaxCredit
	}
	const rounding = 1e-6
	if cpus > queue*have.Executor.Cores ||
		gpus > float64(queue)*float64(have.Executor.Of("gpu"))+rounding {
		t.Fatalf("%s (%s) has %d tasks of %d stages that take %d cpus, %.2f gpus\n%s",
			x, have, n, len(stages), cpus, gpus, w.log.String())
	}
}

// profileNow is the profile of a stage: that of the job that named it last, unless it was at work.
func (w *world) profileNow(id dag.StageID) resource.ID {
	for _, s := range w.m.Status().Stages {
		if s.ID == id {
			return s.Profile
		}
	}
	return resource.Default
}
