package submit

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
)

// ErrNoSharedFS means that the default file system is this machine's own.
var ErrNoSharedFS = errors.New("fs.defaultFS is this machine's file system, which the cluster's " +
	"nodes cannot read: set fs.defaultFS in core-site.xml, or weft.yarn.stagingDir to a directory " +
	"that all nodes share")

// A stage is the place of one program in the file system of the cluster:
//
//	<root>/.weft/cache/<sha256>/program      complete, never changed
//	<root>/.weft/cache/<sha256>/.upload-…    on its way; renamed to program without overwriting
type stage struct {
	files fs.FS
	root  string  // URL of the staging directory
	dir   string  // <root>/.weft/cache/<sha256>
	found fs.Info // the program, if it is there
	ours  bool    // this submission uploaded it
}

// findStage looks where the program goes and whether it is there already.
func findStage(ctx context.Context, r *fs.Resolver, c *conf.Conf, p Program) (*stage, error) {
	files, root, err := stagingRoot(r, c)
	if err != nil {
		return nil, err
	}
	s := &stage{files: files, root: url(files, root), dir: path.Join(root, ".weft", "cache", p.SHA256)}
	info, err := files.Stat(ctx, s.path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for the program in the cluster's file system: %w", err)
	}
	if err == nil {
		s.found = info
	}
	return s, nil
}

// stagingRoot is weft.yarn.stagingDir, or the user's home directory.
func stagingRoot(r *fs.Resolver, c *conf.Conf) (fs.FS, string, error) {
	if conf.YarnStagingDir.IsSet(c) {
		files, root, err := r.FS(conf.YarnStagingDir.Get(c))
		if err != nil {
			err = fmt.Errorf("%s: %w", conf.YarnStagingDir.Name(), err)
		}
		return files, root, err
	}
	files, root, err := r.Default()
	if _, local := files.(fs.Local); local && err == nil {
		err = ErrNoSharedFS
	}
	return files, root, err
}

// url names a path with its scheme, as NodeManagers need it.
func url(files fs.FS, path string) string {
	if _, local := files.(fs.Local); local {
		return "file://" + path
	}
	return files.URL(path)
}

func (s *stage) path() string { return path.Join(s.dir, "program") }

// put makes sure that the program is there and describes it for YARN.
func (s *stage) put(ctx context.Context, p Program) (rmclient.LocalResource, error) {
	if s.found.Path != "" && s.found.Size != p.Size {
		// Damaged from outside: the name promises these bytes.
		if err := s.files.Remove(ctx, s.path()); err != nil {
			return rmclient.LocalResource{}, fmt.Errorf("replace %s: %w", s.files.URL(s.path()), err)
		}
		s.found = fs.Info{}
	}
	if s.found.Path == "" {
		if err := s.upload(ctx, p); err != nil {
			return rmclient.LocalResource{}, fmt.Errorf("upload %s to %s: %w",
				p.Path, s.files.URL(s.path()), err)
		}
	}
	visibility, err := s.visibility(ctx)
	return rmclient.LocalResource{
		URL: url(s.files, s.path()), Size: s.found.Size, Timestamp: s.found.ModTime.UnixMilli(),
		Kind: rmclient.File, Visibility: visibility,
	}, err
}

// undo removes what this submission uploaded. A directory that another submission fills at the
// same moment stays.
func (s *stage) undo(ctx context.Context, log hclog.Logger) {
	if !s.ours {
		return
	}
	if err := s.files.Remove(ctx, s.path()); err != nil {
		log.Warn("remove the uploaded program", "path", s.files.URL(s.path()), "error", err)
		return
	}
	if err := s.files.Remove(ctx, s.dir); err != nil {
		log.Debug("remove the program's directory", "path", s.files.URL(s.dir), "error", err)
	}
}
