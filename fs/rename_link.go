package fs

import (
	"os"
)

// renameByLink is for systems without a rename that refuses to overwrite. link(2) never
// overwrites, so of two that race one fails. A directory cannot be linked; rename(2) itself
// refuses to put one over a file or a directory with members.
func renameByLink(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if err := os.Link(from, to); err != nil {
			return err
		}
		return os.Remove(from)
	}
	if _, err := os.Lstat(to); err == nil {
		return ErrExist
	}
	return os.Rename(from, to)
}
