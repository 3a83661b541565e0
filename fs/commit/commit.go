package commit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/fs"
)

// renamers is how many renames a job commit has under way.
const renamers = 16

// Commit makes the files of the manifests the output. There must be one manifest for each
// partition. It may be called again with the same manifests after a crash at any step.
func (j *Job) Commit(ctx context.Context, manifests []Manifest) error {
	if err := j.commit(ctx, manifests); err != nil {
		return fmt.Errorf("commit output %s: %w", j.FS.URL(j.Out), err)
	}
	return nil
}

func (j *Job) commit(ctx context.Context, manifests []Manifest) error {
	manifests, err := j.ordered(manifests)
	if err != nil {
		return err
	}
	done, err := j.committed(ctx)
	if err == nil && !done {
		err = j.appear(ctx, manifests)
	}
	if err != nil {
		return err
	}
	return j.FS.RemoveAll(ctx, j.work())
}

// appear makes the parts visible, and then _SUCCESS.
func (j *Job) appear(ctx context.Context, manifests []Manifest) error {
	err := j.draft(ctx, manifests)
	if err == nil {
		err = j.renameAll(ctx, manifests)
	}
	if err == nil {
		err = j.publish(ctx)
	}
	return err
}

// ordered sorts by partition and refuses two manifests of one, and names that are no task's.
func (j *Job) ordered(manifests []Manifest) ([]Manifest, error) {
	if err := j.check(); err != nil {
		return nil, err
	}
	out := slices.Clone(manifests)
	slices.SortFunc(out, func(a, b Manifest) int { return a.Partition - b.Partition })
	for i, m := range out {
		if i > 0 && out[i-1].Partition == m.Partition {
			return nil, fmt.Errorf("partition %d has two manifests: %s and %s",
				m.Partition, out[i-1].File, m.File)
		}
		if err := m.check(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (j *Job) renameAll(ctx context.Context, manifests []Manifest) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(renamers)
	for _, m := range manifests {
		g.Go(func() error { return j.rename(ctx, m) })
	}
	return g.Wait()
}

// rename moves one file into the output. Where the source is gone, an earlier call did it.
func (j *Job) rename(ctx context.Context, m Manifest) error {
	err := j.FS.Rename(ctx, j.file(m), j.target(m))
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w; choose another output directory",
			j.FS.URL(j.target(m)), ErrForeignFile)
	case errors.Is(err, fs.ErrNotExist):
		return j.renamedBefore(ctx, m)
	}
	return err
}

func (j *Job) renamedBefore(ctx context.Context, m Manifest) error {
	info, err := j.FS.Stat(ctx, j.target(m))
	if errors.Is(err, fs.ErrNotExist) {
		return j.lost(ctx, m)
	}
	if err != nil {
		return err
	}
	if info.Size != m.Bytes {
		return fmt.Errorf("%s has %d bytes, its task wrote %d: %w",
			j.FS.URL(info.Path), info.Size, m.Bytes, ErrForeignFile)
	}
	return nil
}

// lost tells a fenced driver from a file that somebody removed.
func (j *Job) lost(ctx context.Context, m Manifest) error {
	_, err := j.FS.Stat(ctx, j.attempt(j.Attempt))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", j.FS.URL(j.attempt(j.Attempt)), ErrFenced)
	}
	return fmt.Errorf("%s: %w", j.FS.URL(j.file(m)), ErrLost)
}
