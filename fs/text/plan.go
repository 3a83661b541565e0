package text

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/fs"
)

// Options steer Plan.
type Options struct {
	// MaxBytes is the most a partition holds (weft.files.maxPartitionBytes); 0: 128 MiB.
	MaxBytes int64
	// MinPartitions asks for smaller partitions where there would be fewer; 0: no matter.
	MinPartitions int
}

const (
	defaultMaxBytes = 128 << 20
	// openCost is what opening one more file counts in bytes, so that a partition does not get
	// a million empty files.
	openCost = 256 << 10
	// planners look at files at the same time.
	planners = 16
)

// ErrNoInput is wrapped by the error of a path or pattern that names no file.
var ErrNoInput = errors.New("no such input")

// Plan lists the files of every path, pattern and directory, cuts large ones at block boundaries
// and packs small ones together. The order of partitions is that of the patterns, and in each of
// them that of paths and offsets. Input that is missing or cannot be read is an error now, not in
// a task.
func Plan(ctx context.Context, r *fs.Resolver, patterns []string, o Options) ([]Partition, error) {
	if len(patterns) == 0 {
		return nil, fmt.Errorf("%w: no path given", ErrNoInput)
	}
	var files []input
	for _, pattern := range patterns {
		found, err := list(ctx, r, pattern)
		if err != nil {
			return nil, advise(fmt.Errorf("read input %s: %w", pattern, err))
		}
		files = append(files, found...)
	}
	if err := inspect(ctx, files); err != nil {
		return nil, advise(fmt.Errorf("read input: %w", err))
	}
	return pack(files, o.wanted(files)), nil
}

// advise adds what the user can do.
func advise(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; have its owner make it readable, or run as a user who may read it", err)
	}
	return err
}

// wanted is the most bytes of a partition.
func (o Options) wanted(files []input) int64 {
	most := o.MaxBytes
	if most <= 0 {
		most = defaultMaxBytes
	}
	if o.MinPartitions > 0 {
		var total int64
		for _, f := range files {
			total += f.info.Size
		}
		most = min(most, total/int64(o.MinPartitions)+1)
	}
	return most
}

// input is one file to read.
type input struct {
	fs     fs.FS
	info   fs.Info
	codec  Codec
	blocks []fs.Block
}

// list finds the files of one path, pattern or directory.
func list(ctx context.Context, r *fs.Resolver, pattern string) ([]input, error) {
	f, p, err := r.FS(pattern)
	if err != nil {
		return nil, err
	}
	matches, err := match(ctx, f, p)
	if err != nil {
		return nil, err
	}
	var out []input
	for _, m := range matches {
		if !m.Dir {
			out = append(out, input{fs: f, info: m})
			continue
		}
		members, err := f.ReadDir(ctx, m.Path)
		if err != nil {
			return nil, err
		}
		for _, member := range members {
			if !member.Dir && !hidden(member.Name()) {
				out = append(out, input{fs: f, info: member})
			}
		}
	}
	return out, nil
}

// match is the path itself where it exists, else what it matches as a pattern: a name may have a
// bracket in it.
func match(ctx context.Context, f fs.FS, p string) ([]fs.Info, error) {
	info, err := f.Stat(ctx, p)
	if err == nil {
		return []fs.Info{info}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) || !fs.HasMeta(p) {
		return nil, err
	}
	all, err := f.Glob(ctx, p)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(i fs.Info) bool { return hiddenBy(p, i.Path) })
	if slices.ContainsFunc(all, func(i fs.Info) bool { return !i.Dir }) && strings.Contains(p, "**") {
		// ** names a directory and the files in it; each file counts once.
		all = slices.DeleteFunc(all, func(i fs.Info) bool { return i.Dir })
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: the pattern matches nothing", ErrNoInput)
	}
	return all, nil
}

// hidden names belong to frameworks: _SUCCESS, _temporary, .crc files.
func hidden(name string) bool {
	return strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".")
}

// hiddenBy reports whether a match has a hidden name that the pattern does not spell out.
func hiddenBy(pattern, match string) bool {
	spelled := map[string]bool{}
	for part := range strings.SplitSeq(pattern, "/") {
		if hidden(part) {
			if fs.HasMeta(part) {
				return false // such as _logs*
			}
			spelled[part] = true
		}
	}
	for part := range strings.SplitSeq(path.Clean(match), "/") {
		if hidden(part) && !spelled[part] {
			return true
		}
	}
	return false
}

// inspect finds codec and blocks of every file, many at a time.
func inspect(ctx context.Context, files []input) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(planners)
	for i := range files {
		g.Go(func() (err error) {
			f := &files[i]
			if f.codec, err = detect(ctx, f.fs, f.info); err != nil {
				return err
			}
			f.blocks, err = f.fs.Blocks(ctx, f.info.Path)
			return err
		})
	}
	return g.Wait()
}
