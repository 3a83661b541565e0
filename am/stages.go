package am

import (
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// stage is what the driver keeps of a stage beside the machine: its template and who has it. It
// lives as long as a job that holds it.
type stage struct {
	template *control.ToExecutor
	jobs     []*job
	sent     map[control.ExecutorID]bool
}

// openStages adds a job to the books of its stages. A stage that is known keeps the template it
// has: the same id means the same stage.
func (l *loop) openStages(j *job) {
	sizes := conf.ShuffleReduceLocality.Get(l.Conf)
	for i := range j.Stages {
		s := &j.Stages[i]
		known := l.stages[s.ID]
		if known == nil {
			known = &stage{template: l.template(j, s, sizes), sent: make(map[control.ExecutorID]bool)}
			l.stages[s.ID] = known
		}
		known.jobs = append(known.jobs, j)
	}
}

func (l *loop) template(j *job, s *dag.Stage, sizes bool) *control.ToExecutor {
	task := l.profiles.Shape(s.Profile).Task
	return &control.ToExecutor{Message: &control.ToExecutor_Template{
		Template: &control.StageTemplate{
			Stage: int32(s.ID), Job: int32(j.ID), Name: s.Name, Tasks: int32(s.Tasks),
			Shuffle: int32(s.Shuffle), Reduces: int32(s.Reduces), Program: j.Templates[s.ID],
			Cpus: int32(task.CPUs), Shares: l.shares(&task),
			Sizes: sizes && scheduler.TracksSizes(s),
		},
	}}
}

// closeStages takes a job out, and drops the stages that no other job holds.
func (l *loop) closeStages(j *job) {
	drop := &control.Drop{}
	for i := range j.Stages {
		id := j.Stages[i].ID
		s := l.stages[id]
		if s == nil {
			continue
		}
		s.jobs = without(s.jobs, j)
		if len(s.jobs) > 0 {
			continue
		}
		delete(l.stages, id)
		if len(s.sent) > 0 {
			drop.Stages = append(drop.Stages, int32(id))
		}
	}
	if len(drop.Stages) > 0 {
		l.everyone(&control.ToExecutor{Message: &control.ToExecutor_Drop{Drop: drop}})
	}
}

// sendTemplate sends a stage's template to an executor that does not have it.
func (l *loop) sendTemplate(e *executor, id dag.StageID) {
	s := l.stages[id]
	if s == nil || s.sent[e.id] {
		return
	}
	s.sent[e.id] = true
	e.conn.out.put(s.template)
}
