package fs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

// The functions of `weft fs`: each takes the arguments of one command and writes what it prints.
// Paths may be patterns where Hadoop's shell takes them. Plain paths are what the resolver says;
// the local side of put and get is always local.

// List prints what the paths name: files as they are, directories by their members.
func List(ctx context.Context, r *Resolver, args []string, out io.Writer) error {
	w := bufio.NewWriter(out)
	for _, arg := range args {
		f, infos, err := r.expand(ctx, arg)
		if err != nil {
			return fmt.Errorf("ls %s: %w", arg, err)
		}
		for _, info := range infos {
			if err := list(ctx, f, info, w); err != nil {
				return fmt.Errorf("ls %s: %w", arg, err)
			}
		}
	}
	return w.Flush()
}

func list(ctx context.Context, f FS, info Info, w io.Writer) error {
	if !info.Dir {
		printInfo(f, info, w)
		return nil
	}
	members, err := f.ReadDir(ctx, info.Path)
	for _, m := range members {
		printInfo(f, m, w)
	}
	return err
}

// printInfo prints a line as `hdfs dfs -ls` does.
func printInfo(f FS, i Info, w io.Writer) {
	kind, copies := "-", "-"
	if i.Dir {
		kind = "d"
	}
	if i.Replication > 0 {
		copies = fmt.Sprint(i.Replication)
	}
	fmt.Fprintf(w, "%s%s %3s %-8s %-8s %12d %s %s\n", kind, i.Mode.String()[1:], copies,
		i.Owner, i.Group, i.Size, i.ModTime.Format("2006-01-02 15:04"), f.URL(i.Path))
}

// expand finds what a path or pattern names; nothing is an error.
func (r *Resolver) expand(ctx context.Context, arg string) (FS, []Info, error) {
	f, p, err := r.FS(arg)
	if err != nil {
		return nil, nil, err
	}
	if info, err := f.Stat(ctx, p); err == nil || !errors.Is(err, ErrNotExist) || !HasMeta(p) {
		return f, []Info{info}, err
	}
	infos, err := f.Glob(ctx, p)
	if err == nil && len(infos) == 0 {
		err = ErrNotExist
	}
	return f, infos, err
}

// Cat writes the content of files.
func Cat(ctx context.Context, r *Resolver, args []string, out io.Writer) error {
	for _, arg := range args {
		f, infos, err := r.expand(ctx, arg)
		if err != nil {
			return fmt.Errorf("cat %s: %w", arg, err)
		}
		for _, info := range infos {
			if err := copyOut(ctx, f, info.Path, out); err != nil {
				return fmt.Errorf("cat %s: %w", arg, err)
			}
		}
	}
	return nil
}

func copyOut(ctx context.Context, f FS, p string, out io.Writer) error {
	in, err := f.OpenAt(ctx, p, 0)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(out, struct{ io.Reader }{in}, make([]byte, 1<<20))
	return errors.Join(err, in.Close())
}

// Put copies local files to a path, the last argument: a new name, or a directory that exists.
func Put(ctx context.Context, r *Resolver, args []string) error {
	if len(args) < 2 {
		return errors.New("put: name local files and where they go")
	}
	return copyAll(ctx, localSide(r), r, args)
}

// Get copies files to a local path, the last argument: a new name, or a directory that exists.
func Get(ctx context.Context, r *Resolver, args []string) error {
	if len(args) == 1 {
		args = append(args, ".")
	}
	if len(args) < 2 {
		return errors.New("get: name files and the local place where they go")
	}
	return copyAll(ctx, r, localSide(r), args)
}

// localSide resolves plain paths to local ones, whatever r does.
func localSide(r *Resolver) *Resolver { return Resolve(r.hadoop, r.user) }

func copyAll(ctx context.Context, from, to *Resolver, args []string) error {
	last := len(args) - 1
	target, dir, err := to.FS(args[last])
	if err != nil {
		return fmt.Errorf("copy to %s: %w", args[last], err)
	}
	info, err := target.Stat(ctx, dir)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return err
	}
	into := err == nil && info.Dir
	for _, arg := range args[:last] {
		f, infos, err := from.expand(ctx, arg)
		if err != nil {
			return fmt.Errorf("copy %s: %w", arg, err)
		}
		if !into && (last > 1 || len(infos) > 1) {
			return fmt.Errorf("copy to %s: it is not a directory, and there is more than one file",
				args[last])
		}
		for _, i := range infos {
			name := dir
			if into {
				name = path.Join(dir, i.Name())
			}
			if err := Copy(ctx, f, i.Path, target, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Copy copies a file, or a directory with all below it, to a new name in another or the same file
// system. A file that fails half way is removed.
func Copy(ctx context.Context, from FS, source string, to FS, target string) error {
	info, err := from.Stat(ctx, source)
	if err != nil {
		return err
	}
	if !info.Dir {
		return copyFile(ctx, from, source, to, target)
	}
	members, err := from.ReadDir(ctx, source)
	if err != nil {
		return err
	}
	if err := to.Mkdir(ctx, target, 0o755); err != nil {
		return err
	}
	for _, m := range members {
		if err := Copy(ctx, from, m.Path, to, path.Join(target, m.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(ctx context.Context, from FS, source string, to FS, target string) error {
	w, err := to.Create(ctx, target)
	if err != nil {
		return err
	}
	if err := copyOut(ctx, from, source, struct{ io.Writer }{w}); err != nil {
		return fmt.Errorf("copy %s to %s: %w", from.URL(source), to.URL(target),
			errors.Join(err, w.Abort()))
	}
	return w.Close()
}

// Delete removes files, and with recursive directories.
func Delete(ctx context.Context, r *Resolver, args []string, recursive bool) error {
	for _, arg := range args {
		f, infos, err := r.expand(ctx, arg)
		if err != nil {
			return fmt.Errorf("rm %s: %w", arg, err)
		}
		for _, info := range infos {
			if err := remove(ctx, f, info, recursive); err != nil {
				return fmt.Errorf("rm %s: %w", arg, err)
			}
		}
	}
	return nil
}

func remove(ctx context.Context, f FS, info Info, recursive bool) error {
	switch {
	case info.Path == "/":
		return errors.New("weft does not remove a root directory")
	case info.Dir && !recursive:
		return errors.New("it is a directory; remove it with -r")
	case info.Dir:
		return f.RemoveAll(ctx, info.Path)
	}
	return f.Remove(ctx, info.Path)
}

// MakeDir makes directories, and with parents those above them.
func MakeDir(ctx context.Context, r *Resolver, args []string, parents bool) error {
	for _, arg := range args {
		f, p, err := r.FS(arg)
		if err == nil && parents {
			err = f.MkdirAll(ctx, p, os.FileMode(0o755))
		} else if err == nil {
			err = f.Mkdir(ctx, p, os.FileMode(0o755))
		}
		if err != nil {
			return fmt.Errorf("mkdir %s: %w", arg, err)
		}
	}
	return nil
}
