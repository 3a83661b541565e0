package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/fs"
)

func newRm(e Env) *cobra.Command {
	var recursive, force bool
	cmd := &cobra.Command{
		Use:   "rm [-r] [-f] PATH...",
		Short: "Remove files; there is no trash",
		Args:  want(1, -1),
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "remove directories with all below them")
	cmd.Flags().BoolVarP(&force, "force", "f", false, "what does not exist is no error")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.withFiles(func(r *fs.Resolver) error {
			for _, arg := range args {
				err := eachMatch(cmd.Context(), r, []string{arg}, func(f fs.FS, info fs.Info) error {
					return remove(cmd.Context(), f, info, recursive)
				})
				if err != nil && !(force && errors.Is(err, fs.ErrNotExist)) {
					return err
				}
			}
			return nil
		})
	}
	return cmd
}

func remove(ctx context.Context, f fs.FS, info fs.Info, recursive bool) error {
	switch {
	case info.Path == "/":
		return badf("will not remove %s", f.URL("/"))
	case !info.Dir:
		return explain(f.Remove(ctx, info.Path), f.URL(info.Path))
	case !recursive:
		return badf("%s is a directory; give -r to remove it with all below it", f.URL(info.Path))
	}
	return explain(f.RemoveAll(ctx, info.Path), f.URL(info.Path))
}

func newMkdir(e Env) *cobra.Command {
	var parents bool
	cmd := &cobra.Command{
		Use:   "mkdir [-p] PATH...",
		Short: "Make directories",
		Args:  want(1, -1),
	}
	cmd.Flags().BoolVarP(&parents, "parents", "p", false, "make parents too; no error if it exists")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.withFiles(func(r *fs.Resolver) error {
			for _, arg := range args {
				if err := makeDir(cmd.Context(), r, arg, parents); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return cmd
}

func makeDir(ctx context.Context, r *fs.Resolver, arg string, parents bool) error {
	f, path, err := r.FS(arg)
	if err != nil {
		return bad(err)
	}
	if parents {
		return explain(f.MkdirAll(ctx, path, 0o755), f.URL(path))
	}
	err = f.Mkdir(ctx, path, 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		return badf("%s: its parent does not exist; give -p to make it too", f.URL(path))
	}
	return explain(err, f.URL(path))
}
