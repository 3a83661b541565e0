package fs

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// The bounds of a pattern: {a,b}{a,b}… doubles the work with each pair, and **/**/… multiplies it
// by the depth of the tree.
const (
	maxPattern      = 4096
	maxAlternatives = 256
	maxDeep         = 4
)

// HasMeta reports whether a path has letters that Glob does not take for themselves.
func HasMeta(p string) bool { return strings.ContainsAny(p, `*?[{\`) }

// glob lists what matches a pattern in any FS.
func glob(ctx context.Context, f FS, pattern string) ([]Info, error) {
	if !HasMeta(pattern) {
		info, err := f.Stat(ctx, pattern)
		if errors.Is(err, ErrNotExist) {
			return nil, nil
		}
		return []Info{info}, err
	}
	if err := checkPattern(pattern); err != nil {
		return nil, fmt.Errorf("pattern %s: %w", pattern, err)
	}
	root, rest := doublestar.SplitPattern(pattern)
	tree := &tree{ctx: ctx, fs: f, root: root, seen: map[string]Info{}}
	var out []Info
	options := []doublestar.GlobOption{doublestar.WithFailOnIOErrors()}
	if strings.Contains(rest, "**") {
		options = append(options, doublestar.WithNoFollow()) // a link may lead round in a circle
	}
	err := doublestar.GlobWalk(tree, rest, func(p string, _ iofs.DirEntry) error {
		info, err := tree.info(p)
		out = append(out, info)
		return err
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", pattern, err)
	}
	byPath(out)
	// {a,a} and **/** reach the same file by several ways.
	return slices.CompactFunc(out, func(a, b Info) bool { return a.Path == b.Path }), nil
}

func checkPattern(pattern string) error {
	if len(pattern) > maxPattern {
		return fmt.Errorf("longer than %d letters", maxPattern)
	}
	if !doublestar.ValidatePattern(pattern) {
		return doublestar.ErrBadPattern
	}
	if strings.Count(pattern, "**") > maxDeep {
		return fmt.Errorf("more than %d times **", maxDeep)
	}
	ways := 1
	for _, group := range strings.Split(pattern, "{")[1:] {
		ways *= 1 + strings.Count(group, ",")
		if ways > maxAlternatives {
			return fmt.Errorf("more than %d alternatives", maxAlternatives)
		}
	}
	return nil
}

// tree shows a part of an FS as an io/fs.FS to the pattern matcher. It remembers what listings
// said, so that a match costs no further call.
type tree struct {
	ctx  context.Context
	fs   FS
	root string
	seen map[string]Info
}

func (t *tree) info(name string) (Info, error) {
	full := path.Join(t.root, name)
	if info, ok := t.seen[full]; ok {
		return info, nil
	}
	return t.fs.Stat(t.ctx, full)
}

func (t *tree) Open(name string) (iofs.File, error) {
	info, err := t.info(name)
	if err != nil {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: err}
	}
	return &treeFile{entry{info}}, nil
}

func (t *tree) Stat(name string) (iofs.FileInfo, error) {
	info, err := t.info(name)
	if err != nil {
		return nil, &iofs.PathError{Op: "stat", Path: name, Err: err}
	}
	info.Link = false // asked for what it leads to
	return entry{info}, nil
}

func (t *tree) ReadDir(name string) ([]iofs.DirEntry, error) {
	infos, err := t.fs.ReadDir(t.ctx, path.Join(t.root, name))
	out := make([]iofs.DirEntry, len(infos))
	for i, info := range infos {
		out[i] = entry{info}
		t.seen[info.Path] = info
	}
	return out, err
}

// entry is an Info as io/fs wants to see it.
type entry struct{ info Info }

func (e entry) Name() string                 { return e.info.Name() }
func (e entry) IsDir() bool                  { return e.info.Dir && !e.info.Link }
func (e entry) Type() iofs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (iofs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                  { return e.info.Size }
func (e entry) ModTime() time.Time           { return e.info.ModTime }
func (e entry) Sys() any                     { return nil }

func (e entry) Mode() iofs.FileMode {
	if e.info.Link {
		return e.info.Mode | iofs.ModeSymlink
	}
	if e.info.Dir {
		return e.info.Mode | iofs.ModeDir
	}
	return e.info.Mode
}

// treeFile can only be described: the matcher reads directories through ReadDir.
type treeFile struct{ entry }

func (f *treeFile) Stat() (iofs.FileInfo, error) { return f.entry, nil }
func (f *treeFile) Read([]byte) (int, error)     { return 0, errors.ErrUnsupported }
func (f *treeFile) Close() error                 { return nil }
