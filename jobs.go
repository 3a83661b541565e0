package weft

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/dag"
)

// ErrCancelled is wrapped by the error of an action whose job CancelJob, CancelGroup or CancelTag
// ended.
var ErrCancelled = am.ErrCancelled

// Job is a running job of the application: one action, or a step that one needs before it.
type Job struct {
	ID          int // from 0, in the order of actions
	Pool        string
	Group       string
	Description string // or the action's name
	Tags        []string
}

// Jobs are the jobs that run or wait now, the oldest first.
func (s *Session) Jobs() []Job {
	var jobs []Job
	for _, j := range s.driver.Jobs() {
		jobs = append(jobs, Job{ID: int(j.ID), Pool: j.Pool, Group: j.Group,
			Description: j.Description, Tags: slices.Clone(j.Tags)})
	}
	return jobs
}

// CancelJob ends a running job: its action returns ErrCancelled, and its tasks are stopped. It says
// whether the job was still running.
func (s *Session) CancelJob(id int) bool {
	return s.driver.Cancel("it was asked for by its number", func(j *am.Job) bool {
		return j.ID == dag.JobID(id)
	}) > 0
}

// CancelGroup ends all running jobs of a group, as CancelJob does, and returns their number. Jobs
// that begin later in the same group run.
func (s *Session) CancelGroup(id string) int {
	return s.driver.Cancel(fmt.Sprintf("its group %q was cancelled", id), func(j *am.Job) bool {
		return id != "" && j.Group == id
	})
}

// CancelTag ends all running jobs that have a tag, as CancelJob does, and returns their number.
func (s *Session) CancelTag(tag string) int {
	return s.driver.Cancel(fmt.Sprintf("jobs with tag %q were cancelled", tag), func(j *am.Job) bool {
		return slices.Contains(j.Tags, tag)
	})
}
