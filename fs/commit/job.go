package commit

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/weft-data/weft/fs"
)

// The errors callers decide on.
var (
	// ErrOutputExists means that the output directory is there before the job.
	ErrOutputExists = errors.New("output directory exists")

	// ErrForeignFile means that a file that is not this job's stands where a part must go.
	ErrForeignFile = errors.New("a file that this job did not write is in the way")

	// ErrLost means that neither the file a task wrote nor the part it became is there.
	ErrLost = errors.New("the file of a committed task is gone")

	// ErrFenced means that another attempt of the driver has taken over.
	ErrFenced = errors.New("another attempt of the driver has taken over")
)

// A Job is the output of one job. It is plain data besides the FS: a driver that takes over
// builds the same one with the next attempt number.
type Job struct {
	FS      fs.FS
	Out     string // output directory, a path in FS
	ID      string // unique among the jobs that may ever write there
	Attempt int    // of the driver, from 1
}

// work is the directory of all attempts, attempt that of one.
func (j *Job) work() string             { return path.Join(j.Out, ".weft-"+j.ID) }
func (j *Job) attempt(n int) string     { return path.Join(j.work(), fmt.Sprintf("a%d", n)) }
func (j *Job) file(m Manifest) string   { return path.Join(j.attempt(j.Attempt), m.File) }
func (j *Job) target(m Manifest) string { return path.Join(j.Out, m.Part()) }

// Prepare makes the output directory and in it the work directory. An output that exists is
// ErrOutputExists: weft adds to no directory and replaces none.
func (j *Job) Prepare(ctx context.Context) error {
	if err := j.check(); err != nil {
		return err
	}
	url := j.FS.URL(j.Out)
	if err := j.FS.MkdirAll(ctx, path.Dir(j.Out), 0o755); err != nil {
		return fmt.Errorf("prepare output %s: %w", url, err)
	}
	err := j.FS.Mkdir(ctx, j.Out, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s; choose another or remove it", ErrOutputExists, url)
	}
	if err != nil {
		return fmt.Errorf("prepare output %s: %w", url, err)
	}
	if err := j.FS.MkdirAll(ctx, j.attempt(j.Attempt), 0o700); err != nil {
		err = errors.Join(err, j.FS.RemoveAll(context.WithoutCancel(ctx), j.Out))
		return fmt.Errorf("prepare output %s: %w", url, err)
	}
	return nil
}

// check refuses names that would lead out of the output directory.
func (j *Job) check() error {
	if j.ID == "" || strings.ContainsAny(j.ID, "/\x00") || j.Attempt < 1 {
		return fmt.Errorf("commit job: bad id %q or attempt %d", j.ID, j.Attempt)
	}
	if j.Out == "/" || !path.IsAbs(j.Out) {
		return fmt.Errorf("commit job: %q cannot be an output directory", j.Out)
	}
	return nil
}
