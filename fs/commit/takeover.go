package commit

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft/fs"
)

// Begin makes the output directory, as Prepare does, or takes over what an earlier attempt of the
// driver began. It reports whether the output is whole: that attempt had committed it, or Begin has
// ended its commit. Otherwise the partitions are written again.
func (j *Job) Begin(ctx context.Context) (whole bool, err error) {
	err = j.Prepare(ctx)
	if j.Attempt == 1 || !errors.Is(err, ErrOutputExists) {
		return false, err
	}
	exists := err
	took, err := j.takeOver(ctx)
	if err != nil {
		return false, err
	}
	if done, err := j.read(ctx, j.Out); err == nil && done.Job == j.ID && done.Attempt < j.Attempt {
		return true, j.FS.RemoveAll(ctx, j.work())
	}
	if !took {
		return false, exists
	}
	return j.resume(ctx)
}

// resume ends the commit of the attempt whose directory this one has now. Renames begin when the
// draft of _SUCCESS is whole: without one no part has appeared, and there is nothing to resume.
func (j *Job) resume(ctx context.Context) (whole bool, err error) {
	draft, err := j.read(ctx, j.attempt(j.Attempt))
	if err != nil {
		return false, ctx.Err()
	}
	manifests, err := draft.manifests()
	if err == nil {
		err = j.Commit(ctx, manifests)
	}
	return err == nil, err
}

// TakeOver fences off the driver's earlier attempts: it renames their directory, so that whatever
// an old driver or its tasks still do fails. Files committed before stay valid.
func (j *Job) TakeOver(ctx context.Context) error {
	_, err := j.takeOver(ctx)
	return err
}

// takeOver reports whether this call got the directory.
func (j *Job) takeOver(ctx context.Context) (bool, error) {
	if err := j.check(); err != nil {
		return false, err
	}
	for n := j.Attempt - 1; n >= 1; n-- {
		err := j.FS.Rename(ctx, j.attempt(n), j.attempt(j.Attempt))
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, fs.ErrExist): // this attempt did so before
			return false, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, fmt.Errorf("take over output %s: %w", j.FS.URL(j.Out), err)
		}
	}
	return false, nil
}
