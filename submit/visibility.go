package submit

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
)

// visibility is PUBLIC when everyone may reach and read the program: then a node fetches it once
// for all users. The NodeManager checks the same and refuses a wrong claim.
func (s *stage) visibility(ctx context.Context) (rmclient.Visibility, error) {
	if s.found.Mode&0o004 == 0 {
		return rmclient.Private, nil
	}
	for dir := range ancestors(s.dir) {
		info, err := s.files.Stat(ctx, dir)
		if errors.Is(err, fs.ErrPermission) {
			return rmclient.Private, nil
		}
		if err != nil {
			return 0, fmt.Errorf("look at %s: %w", s.files.URL(dir), err)
		}
		if info.Mode&0o001 == 0 {
			return rmclient.Private, nil
		}
	}
	return rmclient.Public, nil
}

// ancestors yields dir and all above it, the root first: a closed home directory is found early.
func ancestors(dir string) func(yield func(string) bool) {
	return func(yield func(string) bool) { up(dir, yield) }
}

func up(dir string, yield func(string) bool) bool {
	if dir != "/" && !up(path.Dir(dir), yield) {
		return false
	}
	return yield(dir)
}
