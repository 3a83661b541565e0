package weft

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/fs/commit"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
)

// output is the parameter of the action saveAsText: where the tasks write.
type output struct {
	Dir     string `json:"dir"` // URL
	Job     string `json:"job"`
	Attempt int    `json:"attempt"`
}

func (o output) job(fsys fs.FS, path string) commit.Job {
	return commit.Job{FS: fsys, Out: path, ID: o.Job, Attempt: o.Attempt}
}

// SaveAsText writes each partition as a text file part-NNNNN of a new directory, a line for each
// record: strings and numbers as they are, a Pair and any other struct with tabs between its
// fields, slices with blanks. The directory must not exist. Its files appear when all tasks have
// ended, then _SUCCESS; after a failure nothing is left. A driver that YARN started again goes on
// with what its earlier attempt left there, and keeps what that one had committed.
func (ds Dataset[T]) SaveAsText(ctx context.Context, dir string) error {
	if _, err := codec.TextOf[T](); err != nil {
		return fmt.Errorf("save as text: %w", err)
	}
	if err := ds.d.err; err != nil {
		return err
	}
	s := ds.d.session
	fsys, path, err := s.files.FS(dir)
	if err != nil {
		return fmt.Errorf("save as text to %s: %w", dir, err)
	}
	out := output{Dir: fsys.URL(path), Job: s.outputID(fsys.URL(path)), Attempt: s.attempt}
	job := out.job(fsys, path)
	whole, err := job.Begin(ctx)
	if err != nil {
		return fmt.Errorf("save as text: %w", err)
	}
	if whole {
		s.log.Info("an earlier attempt of the driver had written it", "output", out.Dir)
		return nil
	}
	manifests, err := ds.write(ctx, out)
	if err == nil {
		err = job.Commit(ctx, manifests)
	}
	if err != nil {
		ctx, cancel := cleanup(ctx)
		defer cancel()
		return errors.Join(fmt.Errorf("save as text to %s: %w", dir, err), job.Abort(ctx, manifests))
	}
	return nil
}

func (ds Dataset[T]) write(ctx context.Context, out output) ([]commit.Manifest, error) {
	params, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	values, err := ds.d.act(ctx, ds.action("saveAsText", params))
	if err != nil {
		return nil, err
	}
	manifests := make([]commit.Manifest, len(values))
	for i, v := range values {
		if err := json.Unmarshal(v, &manifests[i]); err != nil {
			return nil, fmt.Errorf("decode the manifest of partition %d: %w", i, err)
		}
	}
	return manifests, nil
}

// save writes one partition.
func (t builtins[T]) save(
	b *pipeline.Build, target pipeline.Target, in any,
) (executor.Result, error) {
	var out output
	if err := json.Unmarshal(target.Params, &out); err != nil {
		return executor.Result{}, err
	}
	format, err := t.text()
	if err != nil {
		return executor.Result{}, err
	}
	fsys, path, err := b.Task.Files.FS(out.Dir)
	if err != nil {
		return executor.Result{}, err
	}
	job := out.job(fsys, path)
	file, err := job.Task(b.Ctx, target.Partition, strings.ReplaceAll(b.Task.Task.String(), " ", "-"))
	if err != nil {
		return executor.Result{}, err
	}
	defer func() { _ = file.Abort() }()
	if err := writeLines(b, file, format, in.(pipeline.Stream[T])); err != nil || b.Stopped() {
		return executor.Result{}, err
	}
	manifest, err := file.Commit(b.Ctx, func(ctx context.Context, _ commit.Manifest) error {
		return b.Task.Commit(ctx)
	})
	if err != nil {
		return executor.Result{}, err
	}
	b.Counters.BytesOut, b.Counters.RecordsOut = manifest.Bytes, manifest.Rows
	value, err := json.Marshal(manifest)
	return executor.Result{Value: value}, err
}

func writeLines[T any](
	b *pipeline.Build, file *commit.Task, format *codec.Text[T], in pipeline.Stream[T],
) error {
	w := bufio.NewWriterSize(file, 256<<10)
	var slot T
	var line []byte
	var rows int
	err := in(func(v T) {
		if b.Dropped() {
			return
		}
		slot = v
		line = append(format.Append(line[:0], &slot), '\n')
		if _, err := w.Write(line); err != nil {
			b.Fail(err)
		}
		rows++
	})
	if err != nil {
		return err
	}
	file.AddRows(rows)
	return w.Flush()
}
