package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/fs"
)

func newCat(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "cat PATH...",
		Short: "Print files",
		Args:  want(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withFiles(func(r *fs.Resolver) error {
				return eachMatch(cmd.Context(), r, args, func(f fs.FS, info fs.Info) error {
					return send(cmd.Context(), f, info, e.Stdout)
				})
			})
		},
	}
}

// eachMatch calls do with everything the arguments match, in their order.
func eachMatch(ctx context.Context, r *fs.Resolver, args []string,
	do func(fs.FS, fs.Info) error) error {
	for _, arg := range args {
		f, infos, err := match(ctx, r, arg)
		if err != nil {
			return err
		}
		for _, info := range infos {
			if err := do(f, info); err != nil {
				return err
			}
		}
	}
	return nil
}

// send writes a file to w.
func send(ctx context.Context, f fs.FS, info fs.Info, w io.Writer) error {
	if info.Dir {
		return fmt.Errorf("%s is a directory; name the files in it, as in %s/*", f.URL(info.Path),
			f.URL(info.Path))
	}
	in, err := f.OpenAt(ctx, info.Path, 0)
	if err != nil {
		return explain(err, f.URL(info.Path))
	}
	_, err = io.CopyBuffer(plainWriter{w}, in, make([]byte, copyBuffer))
	return explain(errors.Join(err, in.Close()), f.URL(info.Path))
}

const copyBuffer = 1 << 20

// plainWriter hides ReadFrom, so that the large buffer is used whatever stands behind.
type plainWriter struct{ io.Writer }

func newPut(e Env) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "put [-f] LOCAL... PATH",
		Short: "Copy local files or directories to the cluster; - is standard input",
		Args:  want(2, -1),
	}
	cmd.Flags().BoolVarP(&replace, "force", "f", false, "replace files that exist")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.withFiles(func(r *fs.Resolver) error {
			last := len(args) - 1
			c := &copier{ctx: cmd.Context(), stdin: e.Stdin, replace: replace}
			return c.all(r, localArgs(args[:last]), args[last])
		})
	}
	return cmd
}

func newGet(e Env) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "get [-f] PATH... [LOCAL]",
		Short: "Copy files or directories of the cluster to this machine",
		Args:  want(1, -1),
	}
	cmd.Flags().BoolVarP(&replace, "force", "f", false, "replace files that exist")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			args = append(args, ".")
		}
		return e.withFiles(func(r *fs.Resolver) error {
			last := len(args) - 1
			c := &copier{ctx: cmd.Context(), replace: replace}
			return c.all(r, args[:last], localArgs(args[last:])[0])
		})
	}
	return cmd
}

// localArgs makes plain paths those of this machine.
func localArgs(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		if abs, err := absolute(arg); err == nil && arg != "-" && !strings.Contains(arg, ":/") {
			out[i] = "file:" + abs
		}
	}
	return out
}

// copier copies files between any two file systems. A file appears under its name when it is
// whole.
type copier struct {
	ctx     context.Context
	stdin   io.Reader
	replace bool
}

// all copies everything the sources match to or into the target.
func (c *copier) all(r *fs.Resolver, sources []string, target string) error {
	to, path, err := r.FS(target)
	if err != nil {
		return bad(err)
	}
	info, err := to.Stat(c.ctx, path)
	into := err == nil && info.Dir
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(err, to.URL(path))
	}
	if len(sources) == 1 && sources[0] == "-" {
		return c.write(to, path, c.stdin)
	}
	if !into && (len(sources) > 1 || fs.HasMeta(sources[0])) {
		return badf("%s is not a directory; several sources need one: weft fs mkdir", to.URL(path))
	}
	return eachMatch(c.ctx, r, sources, func(from fs.FS, info fs.Info) error {
		return c.tree(from, info, to, place(path, info, into))
	})
}

// place is where a source goes: into the target directory, or under the target's name.
func place(target string, source fs.Info, into bool) string {
	if into {
		return path.Join(target, source.Name())
	}
	return target
}

// tree copies a file, or a directory with all below it.
func (c *copier) tree(from fs.FS, source fs.Info, to fs.FS, target string) error {
	if !source.Dir {
		return c.file(from, source, to, target)
	}
	children, err := from.ReadDir(c.ctx, source.Path)
	if err != nil {
		return explain(err, from.URL(source.Path))
	}
	if err := to.MkdirAll(c.ctx, target, 0o755); err != nil {
		return explain(err, to.URL(target))
	}
	for _, child := range children {
		if err := c.tree(from, child, to, path.Join(target, child.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) file(from fs.FS, source fs.Info, to fs.FS, target string) error {
	in, err := from.OpenAt(c.ctx, source.Path, 0)
	if err != nil {
		return explain(err, from.URL(source.Path))
	}
	return errors.Join(c.write(to, target, in), in.Close())
}

// write fills a temporary file beside the target and gives it its name.
func (c *copier) write(to fs.FS, target string, in io.Reader) error {
	if _, err := to.Stat(c.ctx, target); err == nil && !c.replace {
		return fmt.Errorf("%s: %w; give -f to replace it", to.URL(target), fs.ErrExist)
	}
	temporary := path.Join(path.Dir(target), "."+path.Base(target)+".weft-"+rand.Text()[:8])
	out, err := to.Create(c.ctx, temporary)
	if errors.Is(err, fs.ErrNotExist) {
		return badf("%s: its directory does not exist; weft fs mkdir -p %s makes it", to.URL(target),
			to.URL(path.Dir(target)))
	}
	if err != nil {
		return explain(err, to.URL(target))
	}
	if _, err := io.CopyBuffer(plainWriter{out}, in, make([]byte, copyBuffer)); err != nil {
		return explain(errors.Join(err, out.Abort()), to.URL(target))
	}
	if err := out.Close(); err != nil {
		return explain(c.drop(to, temporary, err), to.URL(target))
	}
	return explain(c.name(to, temporary, target), to.URL(target))
}

// name gives a whole file its name. No file system has a rename that replaces in one step, so with
// -f there is a moment without the old and the new one; ^C does not fall into it, and if the
// rename fails then, the new file stays under the temporary name, which the error tells.
func (c *copier) name(to fs.FS, temporary, target string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), nameLimit)
	defer cancel()
	removed := false
	if c.replace {
		err := to.Remove(ctx, target)
		if removed = err == nil; !removed && !errors.Is(err, fs.ErrNotExist) {
			return c.drop(to, temporary, err)
		}
	}
	err := to.Rename(ctx, temporary, target)
	switch {
	case err == nil:
		return nil
	case removed:
		return fmt.Errorf("%w; the new file is whole and is called %s", err, to.URL(temporary))
	}
	return c.drop(to, temporary, err)
}

// drop removes a temporary file after a failure, even when the context has ended.
func (c *copier) drop(to fs.FS, temporary string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), dropLimit)
	defer cancel()
	if err := to.Remove(ctx, temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(cause, err)
	}
	return cause
}

// How long ending a copy may take once ^C was hit.
const (
	dropLimit = 5 * time.Second
	nameLimit = 30 * time.Second
)
