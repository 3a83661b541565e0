package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/pool"
)

// job is an action that is not over.
type job struct {
	spec    dag.Job
	result  *stage
	stages  []*stage // in the job's order
	skipped int
}

func (m *Machine) jobSubmitted(e JobSubmitted) error {
	if err := m.checkJob(&e.Job); err != nil {
		return fmt.Errorf("scheduler: %w", err)
	}
	j := m.addJob(&e.Job)
	m.submit(j.result)
	for _, s := range j.stages[:len(j.stages)-1] {
		if s.state == Idle || s.state == Done {
			j.skipped++
		}
	}
	return nil
}

// checkJob refuses a job before anything of it is kept.
func (m *Machine) checkJob(j *dag.Job) error {
	if err := j.Validate(); err != nil {
		return err
	}
	if len(j.Pool) > pool.MaxName {
		return fmt.Errorf("%w: job %d: the name of its pool has %d bytes, want at most %d",
			dag.ErrInvalid, j.ID, len(j.Pool), pool.MaxName)
	}
	if _, found := m.findJob(j.ID); found {
		return fmt.Errorf("%w: job %d is already running", dag.ErrInvalid, j.ID)
	}
	for i := range j.Stages {
		if err := m.checkStage(&j.Stages[i]); err != nil {
			return fmt.Errorf("%w: job %d: %w", dag.ErrInvalid, j.ID, err)
		}
	}
	return nil
}

// checkStage refuses a stage that contradicts what earlier jobs said of it.
func (m *Machine) checkStage(spec *dag.Stage) error {
	known := m.stages[spec.ID]
	writer := m.shuffles[spec.Shuffle]
	if _, ok := m.profile(spec.Profile); !ok {
		return fmt.Errorf("stage %d has profile %d, which was never added", spec.ID, spec.Profile)
	}
	switch {
	case known == nil && writer == nil:
		return nil
	case known == nil:
		return fmt.Errorf("shuffle %d is written by stage %d and by stage %d",
			spec.Shuffle, writer.spec.ID, spec.ID)
	case spec.Result():
		return fmt.Errorf("result stage %d was used by an earlier job", spec.ID)
	case known.spec.Shuffle != spec.Shuffle || known.spec.Tasks != spec.Tasks:
		return fmt.Errorf("stage %d had %d tasks and wrote shuffle %d, now %d and %d", spec.ID,
			known.spec.Tasks, known.spec.Shuffle, spec.Tasks, spec.Shuffle)
	}
	return nil
}

func (m *Machine) addJob(spec *dag.Job) *job {
	j := &job{spec: *spec}
	i, _ := m.findJob(spec.ID)
	m.jobs = slices.Insert(m.jobs, i, j)
	for i := range spec.Stages {
		s := m.addStage(&spec.Stages[i])
		m.relist(s, func() { s.addJob(spec.ID) })
		j.stages = append(j.stages, s)
	}
	j.result = j.stages[len(j.stages)-1]
	return j
}

// addStage finds the stage of an earlier job or makes a new one. What a dataset's persistence
// may have changed since then is taken from the newer job.
func (m *Machine) addStage(spec *dag.Stage) *stage {
	if s := m.stages[spec.ID]; s != nil {
		s.spec.Parents, s.spec.Cached = spec.Parents, spec.Cached
		m.moveTo(s, spec.Profile)
		s.dropped = false
		return s
	}
	p, _ := m.profile(spec.Profile)
	s := newStage(spec, p)
	m.stages[spec.ID] = s
	if !spec.Result() {
		m.shuffles[spec.Shuffle] = s
	}
	return s
}

// moveTo gives a stage another profile, unless it is at work.
func (m *Machine) moveTo(s *stage, id resource.ID) {
	if s.state != Running && s.runs == 0 {
		s.profile, _ = m.profile(id)
		s.spec.Profile = id
	}
}

func (m *Machine) findJob(id dag.JobID) (int, bool) {
	return slices.BinarySearchFunc(m.jobs, id, func(j *job, id dag.JobID) int {
		return cmp.Compare(j.spec.ID, id)
	})
}

func (m *Machine) jobCancelled(e JobCancelled) {
	i, found := m.findJob(e.Job)
	if !found {
		return
	}
	err := &JobError{Job: e.Job, Kind: Cancelled, Stage: -1, Reason: e.Reason}
	m.endJob(m.jobs[i], err, fmt.Sprintf("job %d cancelled: %s", e.Job, e.Reason))
}

// endJob reports a job's end and lets go of its stages. Those that another job needs go on.
func (m *Machine) endJob(j *job, err *JobError, why string) {
	i, _ := m.findJob(j.spec.ID)
	m.jobs = slices.Delete(m.jobs, i, i+1)
	for _, s := range j.stages {
		m.release(s, j.spec.ID, why)
	}
	m.letGo(none)
	m.flushKills()
	m.emit(JobFinished{Job: j.spec.ID, Err: err})
}

// release takes a job off a stage's list.
func (m *Machine) release(s *stage, id dag.JobID, why string) {
	m.relist(s, func() {
		s.jobs = slices.DeleteFunc(s.jobs, func(j dag.JobID) bool { return j == id })
	})
	if !s.needed() {
		m.stop(s, why)
	}
}

// stop ends a stage that nobody needs. A map stage keeps its outputs for later jobs.
func (m *Machine) stop(s *stage, why string) {
	if s.state == Running {
		s.state = Idle
	}
	m.killRuns(s, why)
	s.copies = nil
	s.begun = 0
	if s.spec.Result() {
		s.dropped = true
	}
	m.forget(s)
}

// forget drops a stage when nothing refers to it any more.
func (m *Machine) forget(s *stage) {
	if !s.dropped || s.needed() || s.runs > 0 {
		return
	}
	for len(s.holders) > 0 {
		m.dropHeld(s, s.holders[0])
	}
	m.leavePool(s)
	delete(m.stages, s.spec.ID)
	if !s.spec.Result() {
		delete(m.shuffles, s.spec.Shuffle)
	}
}
