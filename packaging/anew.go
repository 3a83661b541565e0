package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errForeign says that a folder holds what this program has not made. Nothing was changed.
var errForeign = errors.New("neither empty nor made by this program")

// anew fills a folder beside out, which takes out's place when it is whole: a release that fails
// leaves the one before.
func anew(out string, fill func(dir string) error) error {
	if err := replaceable(out); err != nil {
		return err
	}
	fresh := out + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.MkdirAll(fresh, 0o755); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(fresh, out)
}

// replaceable refuses a folder that is no release.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, sumsName)); err != nil {
		return fmt.Errorf("%s is %w; remove it, or name another by -out", out, errForeign)
	}
	return nil
}
