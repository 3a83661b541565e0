package am

import (
	"context"
	"fmt"
	"slices"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// job is a running job. The loop puts deliveries into its mailbox and closes it at the end; the
// goroutine of Run takes them and calls the job's functions.
type job struct {
	Job
	out   *mailbox[delivery]
	bytes int64 // of results so far
	err   error // set before out is closed
	over  bool
	held  bool // waits for executors; see quorum
}

// delivery is what an accepted task brought: a value of the result stage, or accumulators.
type delivery struct {
	partition    int32 // -1: no value
	value        []byte
	accumulators []*control.Accumulator
}

// Run runs a job to its end. Its error is a *scheduler.JobError where the job failed, and wraps
// ErrStopped where the application ended first. When ctx ends the job is cancelled.
func (d *Driver) Run(ctx context.Context, j Job) error {
	if err := j.check(); err != nil {
		return err
	}
	d.warnOfSize(&j)
	running := &job{Job: j, out: newMailbox[delivery]()}
	if !d.post(submitted{running}) {
		return d.endedError()
	}
	cancel := context.AfterFunc(ctx, func() {
		d.post(cancelled{running, context.Cause(ctx)})
	})
	defer cancel()
	for {
		select {
		case <-running.out.wake:
		case <-d.ended:
			running.end(d.endedError()) // what was posted last may never have happened
		}
		list, closed := running.out.take()
		running.deliver(list)
		if closed {
			return running.err
		}
	}
}

// check refuses what would fail in the middle: a job that does not hold together, and a template
// that no message can carry.
func (j *Job) check() error {
	if err := j.Validate(); err != nil {
		return err
	}
	for i := range j.Stages {
		s := &j.Stages[i]
		if _, ok := j.Templates[s.ID]; !ok {
			return fmt.Errorf("job %d: stage %d has no template", j.ID, s.ID)
		}
		if err := j.checkSize(s); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) deliver(list []delivery) {
	for _, d := range list {
		if d.partition >= 0 && j.OnResult != nil {
			j.OnResult(int(d.partition), d.value)
		}
		for _, a := range d.accumulators {
			if j.OnAccumulator != nil {
				j.OnAccumulator(a.Id, a.Value)
			}
		}
	}
}

// submitted brings a new job.
type submitted struct{ job *job }

func (s submitted) happen(l *loop) {
	if l.failed != nil {
		s.job.end(l.failed)
		return
	}
	if len(l.jobs) == 0 {
		l.starving.fed(l.now())
	}
	l.jobs = append(l.jobs, s.job)
	l.openStages(s.job)
	l.changed = true
	if s.job.held = !l.quorum.met(l); !s.job.held {
		l.begin(s.job)
	}
}

// begin gives a job to the machine.
func (l *loop) begin(j *job) {
	l.pools.check(l, j.Pool)
	if err := l.tell(scheduler.JobSubmitted{Job: j.Job.Job}); err != nil {
		l.closeJob(j, err)
	}
}

// cancelled asks for the end of a job.
type cancelled struct {
	job    *job
	reason error
}

func (c cancelled) happen(l *loop) { l.cancel(c.job, c.reason) }

// cancel ends a job with a reason of ours, which Run returns instead of the machine's.
func (l *loop) cancel(j *job, reason error) {
	if !slices.Contains(l.jobs, j) {
		return
	}
	if j.err == nil {
		j.err = fmt.Errorf("job %d cancelled: %w", j.ID, reason)
	}
	if j.held { // the machine has never heard of it
		l.closeJob(j, j.err)
		return
	}
	l.step(scheduler.JobCancelled{Job: j.ID, Reason: text(reason.Error())})
}

func (l *loop) jobFinished(a scheduler.JobFinished) {
	i := slices.IndexFunc(l.jobs, func(j *job) bool { return j.ID == a.Job })
	if i < 0 {
		return
	}
	var err error
	if a.Err != nil { // not the typed nil
		err = a.Err
	}
	l.closeJob(l.jobs[i], err)
}

// closeJob takes a job out of the books and lets Run return.
func (l *loop) closeJob(j *job, err error) {
	l.jobs = without(l.jobs, j)
	l.closeStages(j)
	j.end(err)
	if len(l.jobs) == 0 {
		l.starving.notice = ""
	}
	l.changed = true
}

// end lets Run return with err, or with the reason why we cancelled the job. It is called by the
// loop, and by Run once there is no loop; only the first call counts.
func (j *job) end(err error) {
	if j.err == nil && !j.over {
		j.err = err
	}
	j.over = true
	j.out.close()
}

// jobOf finds a running job that holds a stage.
func (l *loop) jobOf(id dag.StageID) *job {
	if s := l.stages[id]; s != nil && len(s.jobs) > 0 {
		return s.jobs[0]
	}
	return nil
}

func without(list []*job, j *job) []*job {
	return slices.DeleteFunc(list, func(other *job) bool { return other == j })
}
