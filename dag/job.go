package dag

// Job is one action: the stages that may be needed for it, parents before children, the
// result stage last.
type Job struct {
	ID     JobID
	Stages []Stage
	// Group, Description and Pool come from the driver's context: for cancelling together,
	// for people, and for fair sharing.
	Group       string
	Description string
	Pool        string
}

// Result is the stage whose end is the end of the job. It panics on a job without stages,
// which Validate refuses.
func (j *Job) Result() *Stage { return &j.Stages[len(j.Stages)-1] }
