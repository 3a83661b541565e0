package commit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-data/weft/fs"
)

const (
	successName = "_SUCCESS"
	maxSuccess  = 256 << 20 // bytes; a million parts have fewer
)

// Success is the content of _SUCCESS.
type Success struct {
	Job     string `json:"job"`
	Attempt int    `json:"attempt"` // of the driver
	Bytes   int64  `json:"bytes"`
	Rows    int64  `json:"rows"`
	Parts   []Part `json:"parts"`
}

// A Part is one file of the output.
type Part struct {
	File   string `json:"file"`
	Task   string `json:"task"` // the file's name before its commit
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows"`
	CRC32C string `json:"crc32c"` // eight hexadecimal digits
}

// committed reports whether this commit is done: by an earlier call, or by an earlier attempt of
// the driver. A later attempt has fenced this one off.
func (j *Job) committed(ctx context.Context) (bool, error) {
	if _, err := j.FS.Stat(ctx, path.Join(j.Out, successName)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	done, err := j.read(ctx, j.Out)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax), err == nil && done.Job != j.ID:
		return false, fmt.Errorf("%s: %w", j.FS.URL(path.Join(j.Out, successName)), ErrForeignFile)
	case err != nil:
		return false, err
	case done.Attempt > j.Attempt:
		return false, fmt.Errorf("%s: %w", j.FS.URL(j.Out), ErrFenced)
	}
	return true, nil
}

// draft writes what _SUCCESS will say where a driver that takes over finds it. It is there before
// the first part is, so that a commit can be ended by whoever comes next.
func (j *Job) draft(ctx context.Context, manifests []Manifest) error {
	said := j.success(manifests)
	earlier, err := j.read(ctx, j.attempt(j.Attempt))
	if err == nil && slices.Equal(earlier.Parts, said.Parts) {
		return nil // an earlier call came this far
	}
	text, err := json.MarshalIndent(said, "", "  ")
	if err != nil {
		return err
	}
	name := path.Join(j.attempt(j.Attempt), successName)
	if err := j.FS.RemoveAll(ctx, name); err != nil {
		return err // left by a call that died here
	}
	w, err := j.FS.Create(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", j.FS.URL(j.attempt(j.Attempt)), ErrFenced)
	}
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// publish puts _SUCCESS in place by a rename, so that it is there whole or not at all.
func (j *Job) publish(ctx context.Context) error {
	return j.FS.Rename(ctx, path.Join(j.attempt(j.Attempt), successName),
		path.Join(j.Out, successName))
}

func (j *Job) success(manifests []Manifest) Success {
	s := Success{Job: j.ID, Attempt: j.Attempt, Parts: make([]Part, 0, len(manifests))}
	for _, m := range manifests {
		s.Bytes += m.Bytes
		s.Rows += m.Rows
		s.Parts = append(s.Parts,
			Part{m.Part(), m.File, m.Bytes, m.Rows, fmt.Sprintf("%08x", m.CRC32C)})
	}
	return s
}

// read decodes the file _SUCCESS of a directory.
func (j *Job) read(ctx context.Context, dir string) (s Success, err error) {
	name := path.Join(dir, successName)
	in, err := j.FS.OpenAt(ctx, name, 0)
	if err != nil {
		return s, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxSuccess))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", j.FS.URL(name), err)
	}
	return s, nil
}

// manifests are those that the parts were made of.
func (s Success) manifests() ([]Manifest, error) {
	out := make([]Manifest, len(s.Parts))
	for i, p := range s.Parts {
		partition, err := strconv.Atoi(strings.TrimPrefix(p.File, "part-"))
		if err != nil {
			return nil, fmt.Errorf("%s names a part %q", successName, p.File)
		}
		sum, err := strconv.ParseUint(p.CRC32C, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("%s gives %s the checksum %q", successName, p.File, p.CRC32C)
		}
		out[i] = Manifest{partition, p.Task, p.Bytes, p.Rows, uint32(sum)}
	}
	return out, nil
}
