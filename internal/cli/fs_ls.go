package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
)

// fileRow is a file or directory in -o json.
type fileRow struct {
	Path        string    `json:"path"`
	Dir         bool      `json:"dir"`
	Size        int64     `json:"size"`
	Modified    time.Time `json:"modified"`
	Mode        string    `json:"mode"`
	Owner       string    `json:"owner"`
	Group       string    `json:"group"`
	Replication int       `json:"replication,omitempty"`
}

func newLs(e Env) *cobra.Command {
	var recursive, human bool
	cmd := &cobra.Command{
		Use:   "ls [-R] [-H] [PATH...]",
		Short: "List files",
		Args:  want(0, -1),
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "R", false, "list directories below too")
	cmd.Flags().BoolVarP(&human, "human", "H", false, "sizes such as 1.5 MiB")
	form := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			args = []string{"."}
		}
		return e.withFiles(func(r *fs.Resolver) error {
			rows := []fileRow{}
			for _, arg := range args {
				found, err := list(cmd.Context(), r, arg, recursive)
				if err != nil {
					return err
				}
				rows = append(rows, found...)
			}
			return form.print(e.Stdout, fileTable(rows, human), rows)
		})
	}
	return cmd
}

// list is what ls prints of one argument: of a directory what is in it, else the thing itself.
func list(ctx context.Context, r *fs.Resolver, arg string, recursive bool) ([]fileRow, error) {
	f, found, err := match(ctx, r, arg)
	if err != nil {
		return nil, err
	}
	show := printer(f, arg)
	var rows []fileRow
	for _, info := range found {
		if !info.Dir {
			rows = append(rows, row(info, show))
			continue
		}
		err := walk(ctx, f, info.Path, recursive, func(i fs.Info) { rows = append(rows, row(i, show)) })
		if err != nil {
			return nil, wrap(err, "list %s", show(info.Path))
		}
	}
	return rows, nil
}

// walk calls see for everything in the directory, and in those below it.
func walk(ctx context.Context, f fs.FS, dir string, recursive bool, see func(fs.Info)) error {
	infos, err := f.ReadDir(ctx, dir)
	if err != nil {
		return err
	}
	for _, info := range infos {
		see(info)
		if info.Dir && recursive {
			if err := walk(ctx, f, info.Path, true, see); err != nil {
				return err
			}
		}
	}
	return nil
}

// match finds what an argument means; nothing at all is an error.
func match(ctx context.Context, r *fs.Resolver, arg string) (fs.FS, []fs.Info, error) {
	f, path, err := r.FS(arg)
	if err != nil {
		return nil, nil, bad(err)
	}
	if !fs.HasMeta(path) {
		info, err := f.Stat(ctx, path)
		return f, []fs.Info{info}, explain(err, f.URL(path))
	}
	infos, err := f.Glob(ctx, path)
	if err == nil && len(infos) == 0 {
		err = fs.ErrNotExist
	}
	return f, infos, explain(err, f.URL(path))
}

// printer prints paths the way the user wrote the argument: with scheme and host, or plain.
func printer(f fs.FS, arg string) func(string) string {
	if strings.Contains(arg, ":/") {
		return f.URL
	}
	return func(path string) string { return path }
}

func row(i fs.Info, show func(string) string) fileRow {
	kind := "-"
	if i.Dir {
		kind = "d"
	}
	return fileRow{
		Path: show(i.Path), Dir: i.Dir, Size: i.Size, Modified: i.ModTime.UTC(),
		Mode:  kind + i.Mode.String()[1:],
		Owner: i.Owner, Group: i.Group, Replication: i.Replication,
	}
}

func fileTable(rows []fileRow, human bool) *console.Table {
	t := &console.Table{Right: []bool{false, true, false, false, true}}
	for _, r := range rows {
		copies, size := "-", strconv.FormatInt(r.Size, 10)
		if r.Replication > 0 {
			copies = strconv.Itoa(r.Replication)
		}
		if human {
			size = console.Bytes(r.Size)
		}
		t.Add(r.Mode, copies, r.Owner, r.Group, size,
			r.Modified.Local().Format("2006-01-02 15:04"), r.Path)
	}
	return t
}

// explain says of which path an error is, once.
func explain(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), path):
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}
