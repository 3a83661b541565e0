package am

import (
	"slices"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// StageRun is one attempt of a stage, for the timing report.
type StageRun struct {
	Stage    dag.StageID
	Attempt  int32
	Name     string
	Tasks    int // that the attempt was to compute
	Started  time.Time
	Finished time.Time     // zero while it runs
	TaskTime time.Duration // of all its tasks that ended, in any way
}

// historyLimit is how many stage attempts are kept: a driver may run jobs for weeks.
const historyLimit = 1000

// history is the newest stage attempts, the oldest first.
type history struct{ runs []StageRun }

func (h *history) started(a scheduler.StageStarted, name string) {
	if len(h.runs) == historyLimit {
		h.runs = slices.Delete(h.runs, 0, historyLimit/10)
	}
	h.runs = append(h.runs, StageRun{Stage: a.Stage, Attempt: a.Attempt, Name: name, Tasks: a.Tasks,
		Started: time.Now()})
}

func (h *history) finished(id dag.StageID) {
	if r := h.last(id); r != nil {
		r.Finished = time.Now()
	}
}

// worked adds the time of tasks that ended.
func (h *history) worked(g *control.StageEnds) {
	r := h.last(dag.StageID(g.Stage))
	if r == nil {
		return
	}
	for _, micros := range g.Micros {
		r.TaskTime += time.Duration(micros) * time.Microsecond
	}
}

// last finds the newest attempt of a stage. Running ones are near the end.
func (h *history) last(id dag.StageID) *StageRun {
	for i := len(h.runs) - 1; i >= 0; i-- {
		if h.runs[i].Stage == id {
			return &h.runs[i]
		}
	}
	return nil
}

// stageName is what people call a stage.
func (l *loop) stageName(id dag.StageID) string {
	if s := l.stages[id]; s != nil {
		return s.template.GetTemplate().GetName()
	}
	return ""
}
