package submit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
)

// A session is one submission in the making.
type session struct {
	Request
	user   string
	rm     rmclient.Config
	client door
	files  *fs.Resolver // the request's, or our own

	id        rmclient.ApplicationID
	most      rmclient.Resource // the largest container
	stage     *stage
	program   rmclient.LocalResource
	submitted bool // the ResourceManager may know the application
}

// open connects to nothing yet.
func open(r Request) (*session, error) {
	user, err := conf.User(os.Getenv)
	if err != nil {
		return nil, err
	}
	if r.Log == nil {
		r.Log = hclog.NewNullLogger()
	}
	s := &session{Request: r, user: user, files: r.Files}
	if s.rm, err = RMConfig(r.Hadoop, r.Conf, user, r.Log); err != nil {
		return nil, err
	}
	if s.client, err = openDoor(r.Conf, s.rm); err != nil {
		return nil, err
	}
	if s.files == nil {
		s.files = fs.Resolve(r.Hadoop, user, fs.PlainPathsOnDefaultFS(), fs.WithLogger(r.Log))
	}
	return s, nil
}

// prepare checks the request with the cluster while it looks for the program in the file system,
// and uploads the program only when the cluster has nothing against the request.
func (s *session) prepare(ctx context.Context, managed bool) error {
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return s.ask(both, managed) })
	group.Go(func() error { return s.look(both) })
	if err := group.Wait(); err != nil {
		return err
	}
	var err error
	s.program, err = s.stage.put(ctx, s.Program)
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w; set %s to a directory you may write, or have an administrator make %s",
			err, conf.YarnStagingDir.Name(), s.stage.root)
	}
	return err
}

// look finds out where the program goes and whether it is there.
func (s *session) look(ctx context.Context) error {
	var err error
	s.stage, err = findStage(ctx, s.files, s.Conf, s.Program)
	return err
}

// refused is why an application ended before it had a place in a queue.
func refused(r rmclient.ApplicationReport) error {
	why, _, _ := strings.Cut(strings.TrimSpace(r.Diagnostics), "\n")
	if r.State == rmclient.Killed {
		return fmt.Errorf("%w: %s", ErrKilled, why)
	}
	return fmt.Errorf("%w: %s", rmclient.ErrRejected, why)
}

// closeFiles ends the connections this submission opened.
func (s *session) closeFiles() {
	if s.Request.Files != nil {
		return
	}
	if err := s.files.Close(); err != nil {
		s.Log.Debug("close file systems", "error", err)
	}
}

// abandon takes back what a failed submission has done, and returns its error. It works after ctx
// has ended, for a short time.
func (s *session) abandon(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	if s.submitted && !errors.Is(cause, rmclient.ErrRejected) {
		err := s.client.Kill(ctx, s.id, "its submission failed")
		if err != nil && !errors.Is(err, rmclient.ErrNotFound) {
			cause = fmt.Errorf("%w; and %s may still run: %w", cause, s.id, err)
		}
	}
	if s.stage != nil {
		s.stage.undo(ctx, s.Log)
	}
	s.closeFiles()
	s.client.Close()
	return cause
}
