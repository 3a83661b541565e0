package auxsite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// maxSize bounds a yarn-site.xml; real ones have a few kilobytes.
const maxSize = 4 << 20

// Read is the text of a yarn-site.xml.
func Read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = fmt.Errorf("%s: %w: it has more than %d bytes", path, ErrSite, maxSize)
	}
	return text, err
}

// Write puts the text in place of a file, at once and with the old one's owner and mode, and
// returns the name of the old one's copy. A link stays a link: what it leads to is replaced.
func Write(path string, text []byte, now time.Time) (backup string, err error) {
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	backup = path + ".before-weft-" + now.UTC().Format("20060102T150405")
	old, err := Read(path)
	if err != nil {
		return "", err
	}
	if err := writeLike(path, backup, old); err != nil {
		return "", err
	}
	next := path + ".weft-new"
	if err := writeLike(path, next, text); err != nil {
		return "", err
	}
	return backup, os.Rename(next, path)
}

// writeLike makes a new file with the owner and the mode of another one.
func writeLike(like, path string, text []byte) error {
	var info unix.Stat_t
	if err := unix.Stat(like, &info); err != nil {
		return fmt.Errorf("stat %s: %w", like, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chown(int(info.Uid), int(info.Gid)),
		f.Chmod(os.FileMode(info.Mode&0o777)), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
