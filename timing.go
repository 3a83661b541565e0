package weft

import (
	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/internal/console"
)

// stages is what the progress line shows.
func stages(status am.Status) []console.Stage {
	var out []console.Stage
	for _, s := range status.Stages {
		if s.Running > 0 {
			out = append(out, console.Stage{ID: int(s.ID), Name: s.Name, Done: s.Done, Running: s.Running, Total: s.Tasks})
		}
	}
	return out
}

// timing is where the application's time went.
func (a *application) timing(driver *am.Driver) console.Timing {
	marks := driver.Marks()
	t := console.Timing{Slots: driver.Slots()}
	for _, m := range []struct {
		name string
		at   interface{ IsZero() bool }
	}{} {
		_ = m
	}
	_ = marks
	return t
}
