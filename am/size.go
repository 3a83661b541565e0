package am

import (
	"fmt"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// largeTemplate is what a stage may carry to each of its executors without a warning.
const largeTemplate = 1000 << 10

// checkSize refuses a template that no message can carry.
func (j *Job) checkSize(s *dag.Stage) error {
	n := len(j.Templates[s.ID])
	if n <= control.MaxTemplate {
		return nil
	}
	why := fmt.Sprintf("job %d: stage %d (%s) carries %d MB of parameters and data, more than %d MB",
		j.ID, s.ID, s.Name, n>>20, control.MaxTemplate>>20)
	if j.Largest != nil {
		why += ", most of it in " + j.Largest(s.ID)
	}
	return fmt.Errorf("%s: %w; broadcast a large value, or let the tasks read it from files",
		why, ErrTemplateTooLarge)
}

// warnOfSize tells what makes a stage slow to start: each of its executors gets all of it.
// Nothing travels where all of them are in this process.
func (d *Driver) warnOfSize(j *Job) {
	if d.Listen == "" {
		return
	}
	for i := range j.Stages {
		id := j.Stages[i].ID
		n := len(j.Templates[id])
		if n <= largeTemplate {
			continue
		}
		most := "unknown"
		if j.Largest != nil {
			most = j.Largest(id)
		}
		d.Log.Warn("a stage carries much to each executor; a broadcast would travel once",
			"job", j.ID, "stage", id, "name", j.Stages[i].Name, "KiB", n>>10, "most", most)
	}
}
