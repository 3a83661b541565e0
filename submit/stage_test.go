package submit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
)

// site is a staging directory of the test's and a program to put there.
type site struct {
	*testing.T
	root    string
	conf    *conf.Conf
	files   *fs.Resolver
	program Program
}

func newSite(t *testing.T) *site {
	root := t.TempDir()
	s := &site{T: t, root: root, conf: settings(t, "weft.yarn.stagingDir=file://"+root),
		files: fs.Resolve(conf.NewHadoop(), "ann")}
	t.Cleanup(func() { s.files.Close() })
	p, err := CheckProgram(program().write(t))
	if err != nil {
		t.Fatal(err)
	}
	s.program = p
	return s
}

func (s *site) find() *stage {
	s.Helper()
	st, err := findStage(s.Context(), s.files, s.conf, s.program)
	if err != nil {
		s.Fatal(err)
	}
	return st
}

func (s *site) put() (*stage, rmclient.LocalResource) {
	s.Helper()
	st := s.find()
	r, err := st.put(s.Context(), s.program)
	if err != nil {
		s.Fatal(err)
	}
	return st, r
}

// staged are the files below the staging directory.
func (s *site) staged() []string {
	s.Helper()
	var found []string
	err := filepath.WalkDir(s.root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, strings.TrimPrefix(path, s.root+"/"))
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return found
}

func (s *site) cached() string { return ".weft/cache/" + s.program.SHA256 + "/program" }

func TestProgramIsUploadedOnceUnderItsHash(t *testing.T) {
	s := newSite(t)
	first, r := s.put()
	if got := s.staged(); len(got) != 1 || got[0] != s.cached() {
		t.Fatalf("staged %v", got)
	}
	info, err := os.Stat(filepath.Join(s.root, s.cached()))
	if err != nil {
		t.Fatal(err)
	}
	if r.URL != "file://"+s.root+"/"+s.cached() || r.Size != s.program.Size ||
		r.Timestamp != info.ModTime().UnixMilli() || r.Kind != rmclient.File {
		t.Errorf("resource %+v", r)
	}
	second, again := s.put()
	if !first.ours || second.ours || again != r {
		t.Errorf("the second submission uploaded too: %+v", again)
	}
}

func TestSubmissionsAtTheSameTimeShareOneUpload(t *testing.T) {
	s := newSite(t)
	var all sync.WaitGroup
	var uploads [8]bool
	for i := range uploads {
		all.Go(func() {
			st := s.find()
			if _, err := st.put(t.Context(), s.program); err != nil {
				t.Error(err)
			}
			uploads[i] = st.ours
		})
	}
	all.Wait()
	won := 0
	for _, ours := range uploads {
		if ours {
			won++
		}
	}
	if got := s.staged(); won != 1 || len(got) != 1 {
		t.Errorf("%d submissions own the upload, staged %v", won, got)
	}
}

func TestDamagedProgramIsReplaced(t *testing.T) {
	s := newSite(t)
	s.put()
	if err := os.WriteFile(filepath.Join(s.root, s.cached()), []byte("short"), 0o755); err != nil {
		t.Fatal(err)
	}
	if st, r := s.put(); !st.ours || r.Size != s.program.Size {
		t.Errorf("kept the damaged file: %+v", r)
	}
}

func TestProgramThatChangesMeanwhileLeavesNothing(t *testing.T) {
	s := newSite(t)
	if err := os.WriteFile(s.program.Path, []byte("rebuilt"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := s.find().put(t.Context(), s.program)
	if err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("got %v", err)
	}
	if got := s.staged(); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestCancelledUploadLeavesNothing(t *testing.T) {
	s := newSite(t)
	st := s.find()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := st.put(ctx, s.program); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := s.staged(); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestUndoRemovesOnlyOurOwnUpload(t *testing.T) {
	s := newSite(t)
	first, _ := s.put()
	second, _ := s.put()
	second.undo(t.Context(), hclog.NewNullLogger())
	if got := s.staged(); len(got) != 1 {
		t.Fatalf("someone else's program is gone: %v", got)
	}
	first.undo(t.Context(), hclog.NewNullLogger())
	if got := s.staged(); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestVisibilityFollowsWhoMayRead(t *testing.T) {
	s := newSite(t)
	for dir := s.root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, r := s.put(); r.Visibility != rmclient.Public {
		t.Errorf("open to all: visibility %d", r.Visibility)
	}
	if err := os.Chmod(s.root, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, r := s.put(); r.Visibility != rmclient.Private {
		t.Errorf("below a closed directory: visibility %d", r.Visibility)
	}
}

func TestStagingNeedsAFileSystemThatNodesShare(t *testing.T) {
	s := newSite(t)
	_, err := findStage(t.Context(), s.files, settings(t), s.program)
	if !errors.Is(err, ErrNoSharedFS) {
		t.Errorf("got %v", err)
	}
}
