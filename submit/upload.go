package submit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/weft-data/weft/fs"
)

// upload writes the program under a name of its own and then gives it the right one, so that
// nobody ever sees half of it. Who comes second uses the first one's.
func (s *stage) upload(ctx context.Context, p Program) error {
	if err := s.files.MkdirAll(ctx, s.dir, 0o755); err != nil {
		return err
	}
	temp := path.Join(s.dir, ".upload-"+rand.Text())
	if err := s.write(ctx, p, temp); err != nil {
		return err
	}
	err := s.files.Rename(ctx, temp, s.path())
	s.ours = err == nil
	if err != nil {
		err = errors.Join(ignore(err, fs.ErrExist), s.files.Remove(context.WithoutCancel(ctx), temp))
	}
	if err != nil {
		return err
	}
	s.found, err = s.files.Stat(ctx, s.path())
	if err == nil && s.found.Size != p.Size {
		err = fs.ErrShort
	}
	return err
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// write copies the program to temp, complete and readable by the nodes, or leaves nothing.
func (s *stage) write(ctx context.Context, p Program, temp string) error {
	in, err := os.Open(p.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := s.files.Create(ctx, temp)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, reader{ctx, in})
	if err == nil && n != p.Size {
		err = fmt.Errorf("%s has changed while it was submitted", p.Path)
	}
	if err != nil {
		return errors.Join(err, out.Abort())
	}
	if err := out.Close(); err != nil {
		return errors.Join(err, s.remove(ctx, temp))
	}
	if err := s.files.Chmod(ctx, temp, 0o755); err != nil {
		return errors.Join(err, s.remove(ctx, temp))
	}
	return nil
}

// remove takes a file away, also after ctx has ended.
func (s *stage) remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	return ignore(s.files.Remove(ctx, name), fs.ErrNotExist)
}

// reader stops reading when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}
