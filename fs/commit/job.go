package commit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

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

// renamers is how many renames a job commit has under way.
const renamers = 16

// A Job is the output of one job. It is plain data besides the FS: a driver that takes over
// builds the same one with the next attempt number.
type Job struct {
	FS      fs.FS
	Out     string // output directory, a path in FS
	ID      string // unique among the jobs that may ever write there
	Attempt int    // of the driver, from 1
}

// A Manifest is what a task attempt reports of the file it closed.
type Manifest struct {
	Partition int    `json:"partition"`
	File      string `json:"file"` // name in the work directory
	Bytes     int64  `json:"bytes"`
	Rows      int64  `json:"rows"`
	CRC32C    uint32 `json:"crc32c"`
}

// Part is the name under which the partition appears.
func (m Manifest) Part() string { return fmt.Sprintf("part-%05d", m.Partition) }

// Success is the content of _SUCCESS.
type Success struct {
	Job   string `json:"job"`
	Bytes int64  `json:"bytes"`
	Rows  int64  `json:"rows"`
	Parts []Part `json:"parts"`
}

// A Part is one file of the output.
type Part struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows"`
	CRC32C string `json:"crc32c"` // eight hexadecimal digits
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

// TakeOver fences off the driver's earlier attempts: it renames their directory, so that whatever
// an old driver or its tasks still do fails. Files committed before stay valid.
func (j *Job) TakeOver(ctx context.Context) error {
	if err := j.check(); err != nil {
		return err
	}
	for n := j.Attempt - 1; n >= 1; n-- {
		err := j.FS.Rename(ctx, j.attempt(n), j.attempt(j.Attempt))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if errors.Is(err, fs.ErrExist) {
			return nil // this attempt did so before
		}
		if err != nil {
			return fmt.Errorf("take over output %s: %w", j.FS.URL(j.Out), err)
		}
		return nil
	}
	return nil
}

// Commit makes the files of the manifests the output. There must be one manifest for each
// partition. It may be called again with the same manifests after a crash at any step.
func (j *Job) Commit(ctx context.Context, manifests []Manifest) error {
	manifests, err := j.ordered(manifests)
	if err == nil {
		err = j.renameAll(ctx, manifests)
	}
	if err == nil {
		err = j.writeSuccess(ctx, manifests)
	}
	if err == nil {
		err = j.FS.RemoveAll(ctx, j.work())
	}
	if err != nil {
		return fmt.Errorf("commit output %s: %w", j.FS.URL(j.Out), err)
	}
	return nil
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

// check refuses a manifest that no Task can have made: it comes from another process.
func (m Manifest) check() error {
	prefix := fmt.Sprintf("task-%05d-", m.Partition)
	if m.Partition < 0 || m.Bytes < 0 || m.Rows < 0 || !strings.HasPrefix(m.File, prefix) ||
		strings.ContainsAny(m.File, "/\x00") {
		return fmt.Errorf("bad manifest %+v", m)
	}
	return nil
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

// writeSuccess puts _SUCCESS in place by a rename, so that it is there whole or not at all.
func (j *Job) writeSuccess(ctx context.Context, manifests []Manifest) error {
	target := path.Join(j.Out, "_SUCCESS")
	if _, err := j.FS.Stat(ctx, target); err == nil {
		return nil // an earlier call came this far
	}
	text, err := json.MarshalIndent(j.success(manifests), "", "  ")
	if err != nil {
		return err
	}
	draft := path.Join(j.attempt(j.Attempt), "_SUCCESS")
	if err := j.FS.RemoveAll(ctx, draft); err != nil {
		return err // left by a call that died here
	}
	w, err := j.FS.Create(ctx, draft)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return errors.Join(err, w.Abort())
	}
	if err := w.Close(); err != nil {
		return err
	}
	return j.FS.Rename(ctx, draft, target)
}

func (j *Job) success(manifests []Manifest) Success {
	s := Success{Job: j.ID, Parts: make([]Part, 0, len(manifests))}
	for _, m := range manifests {
		s.Bytes += m.Bytes
		s.Rows += m.Rows
		s.Parts = append(s.Parts, Part{m.Part(), m.Bytes, m.Rows, fmt.Sprintf("%08x", m.CRC32C)})
	}
	return s
}

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
