package weft

import (
	"time"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/internal/console"
)

// progress is what the progress line shows: the running stages of actions.
func (s *Session) progress() []console.Stage {
	if s.acting.Load() == 0 {
		return nil
	}
	var out []console.Stage
	for _, s := range s.driver.Status().Stages {
		if s.Running > 0 {
			out = append(out, console.Stage{ID: int(s.ID), Name: s.Name, Done: s.Done, Running: s.Running,
				Total: s.Tasks})
		}
	}
	return out
}

// timing is where the application's time went, since its submission began.
func (a *application) timing(status am.Status, marks am.Marks, slots int) console.Timing {
	c := status.Counters
	t := console.Timing{Slots: slots, Tasks: int(c.Tasks), Failed: int(c.FailedTasks),
		Records: c.RecordsIn, BytesRead: c.BytesIn, BytesWritten: c.BytesOut,
		ShuffleWritten: c.ShuffleBytes, ShuffleRead: c.FetchedLocal + c.FetchedRemote,
		ShuffleRemote: c.FetchedRemote, Spilled: c.SpilledBytes}
	for _, m := range []struct {
		name string
		at   time.Time
	}{
		{"driver started", marks.Started},
		{"application registered", marks.Registered},
		{"first executor", marks.FirstExecutor},
		{"first task result", marks.FirstTask},
		{"driver returned", marks.Stopped},
		{"end", time.Now()},
	} {
		if !m.at.IsZero() {
			t.Marks = append(t.Marks, console.Mark{Name: m.name, At: m.at.Sub(a.started)})
		}
	}
	for _, r := range status.Runs {
		if r.Finished.IsZero() {
			r.Finished = marks.Stopped
		}
		t.Stages = append(t.Stages, console.StageTime{ID: int(r.Stage), Name: r.Name, Tasks: r.Tasks,
			Start: r.Started.Sub(a.started), End: r.Finished.Sub(a.started), TaskTime: r.TaskTime})
	}
	return t
}
