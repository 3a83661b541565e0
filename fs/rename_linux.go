package fs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// renameExclusive moves a file or directory unless the target exists. Plain rename(2) replaces a
// file, so the kernel is asked not to; file systems that cannot are served by links.
func renameExclusive(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return renameByLink(from, to)
	}
	return err
}
