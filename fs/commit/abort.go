package commit

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft/fs"
)

// Abort removes the work directory, and the output directory if nothing else is in it. Parts that
// a failed Commit had already renamed are removed too: half an output is worse than none. A job
// that was never prepared, or that another attempt of the driver has taken over, has nothing to
// remove.
func (j *Job) Abort(ctx context.Context, manifests []Manifest) error {
	manifests, err := j.ordered(manifests)
	if err == nil {
		err = j.remove(ctx, manifests)
	}
	if err != nil {
		return fmt.Errorf("abort output %s: %w", j.FS.URL(j.Out), err)
	}
	return nil
}

func (j *Job) remove(ctx context.Context, manifests []Manifest) error {
	own := j.attempt(j.Attempt)
	if _, err := j.FS.Stat(ctx, own); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := j.removeParts(ctx, manifests); err != nil {
		return err
	}
	if err := j.FS.RemoveAll(ctx, own); err != nil {
		return err
	}
	if err := j.removeIfEmpty(ctx, j.work()); err != nil {
		return err
	}
	return j.removeIfEmpty(ctx, j.Out)
}

// removeParts removes the parts that this job renamed: those whose source is gone. Of one whose
// source is still there, the target is somebody else's.
func (j *Job) removeParts(ctx context.Context, manifests []Manifest) error {
	for _, m := range manifests {
		_, err := j.FS.Stat(ctx, j.file(m))
		if !errors.Is(err, fs.ErrNotExist) || j.renamedBefore(ctx, m) != nil {
			continue
		}
		if err := j.FS.Remove(ctx, j.target(m)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (j *Job) removeIfEmpty(ctx context.Context, dir string) error {
	left, err := j.FS.ReadDir(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) || len(left) > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return j.FS.Remove(ctx, dir)
}
