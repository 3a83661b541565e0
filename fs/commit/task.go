package commit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/weft-data/weft/fs"
)

// ErrDenied is what a Permit returns when another attempt holds the partition.
var ErrDenied = errors.New("another attempt holds the partition")

// A Permit asks the driver whether this attempt may hold the partition of its manifest. The
// driver writes its answer down before it gives it. ErrDenied is an answer like any other: the
// attempt's work was not needed.
type Permit func(ctx context.Context, m Manifest) error

// writeSize is how much a task gathers before it writes.
const writeSize = 1 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A Task is the output of one task attempt. It is an io.Writer; Commit or Abort ends it.
type Task struct {
	out      fs.Writer
	buffered *bufio.Writer
	manifest Manifest
	ended    bool

	fs   fs.FS
	path string
}

// Task begins the output of one attempt of a partition. The uid is unique among all attempts of
// all stage attempts under one driver. The context holds until the task has ended.
func (j *Job) Task(ctx context.Context, partition int, uid string) (*Task, error) {
	if err := j.check(); err != nil {
		return nil, err
	}
	if uid == "" || strings.ContainsAny(uid, "/\x00") || partition < 0 {
		return nil, fmt.Errorf("begin output of task: bad partition %d or uid %q", partition, uid)
	}
	t := &Task{fs: j.FS, manifest: Manifest{Partition: partition}}
	t.manifest.File = fmt.Sprintf("task-%05d-%d-%s", partition, j.Attempt, uid)
	t.path = j.file(t.manifest)
	out, err := j.FS.Create(ctx, t.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrFenced, err)
	}
	if err != nil {
		return nil, fmt.Errorf("begin output of partition %d: %w", partition, err)
	}
	t.out = out
	t.buffered = bufio.NewWriterSize(summed{t}, writeSize)
	return t, nil
}

// summed counts and checks what leaves the buffer, in large pieces.
type summed struct{ *Task }

func (s summed) Write(b []byte) (int, error) {
	n, err := s.out.Write(b)
	s.manifest.Bytes += int64(n)
	s.manifest.CRC32C = crc32.Update(s.manifest.CRC32C, castagnoli, b[:n])
	return n, err
}

// Write adds to the file.
func (t *Task) Write(b []byte) (int, error) { return t.buffered.Write(b) }

// WriteString adds to the file.
func (t *Task) WriteString(s string) (int, error) { return t.buffered.WriteString(s) }

// WriteByte adds to the file.
func (t *Task) WriteByte(c byte) error { return t.buffered.WriteByte(c) }

// AddRows counts records for the manifest.
func (t *Task) AddRows(n int) { t.manifest.Rows += int64(n) }

// Commit closes the file, asks for permission and returns the manifest to report. After any error
// the file is gone.
func (t *Task) Commit(ctx context.Context, permit Permit) (Manifest, error) {
	if t.ended {
		return Manifest{}, errors.New("commit of a task that has ended")
	}
	if err := t.buffered.Flush(); err != nil {
		return Manifest{}, t.fail(err)
	}
	t.ended = true
	if err := t.out.Close(); err != nil {
		return Manifest{}, t.discard(ctx, err)
	}
	if err := permit(ctx, t.manifest); err != nil {
		return Manifest{}, t.discard(ctx, err)
	}
	return t.manifest, nil
}

// fail gives up the open file because of err.
func (t *Task) fail(err error) error {
	return fmt.Errorf("write output of partition %d: %w",
		t.manifest.Partition, errors.Join(err, t.Abort()))
}

// discard removes the closed file because of err. A file that cannot be removed is no error: the
// end of the job removes it.
func (t *Task) discard(ctx context.Context, err error) error {
	_ = t.fs.RemoveAll(context.WithoutCancel(ctx), t.path)
	return fmt.Errorf("commit output of partition %d: %w", t.manifest.Partition, err)
}

// Abort gives the output up and removes its file. After Commit it does nothing.
func (t *Task) Abort() error {
	if t.ended {
		return nil
	}
	t.ended = true
	return t.out.Abort()
}
