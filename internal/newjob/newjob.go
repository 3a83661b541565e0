// Package newjob writes the module of a new job: a program, its test, and how to build and submit
// it.
//
// The template folder holds the files as text/template; what stands in them is what README.md says
// a job looks like. Package cli calls Write, which touches nothing but the new directory.
package newjob

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

//go:embed template/*.tmpl
var templates embed.FS

// Job is what the templates say of the new job.
type Job struct {
	// Module is the Go module's path, "example.com/myjob"; its last part names the program.
	Module string
	// Weft is the version of weft's module that the job is built with, "v1.2.3".
	Weft string
	// Source is weft's source tree on this machine, used in place of the version; "" for none.
	Source string
	// Go is the least version of Go, "1.26".
	Go string
}

// Errors that Write wraps.
var (
	// ErrExists says that the directory is there and not empty. Nothing was written.
	ErrExists = errors.New("the directory is not empty")
	// ErrName says that the module's path is none.
	ErrName = errors.New("not a module path")
)

// element is one part of a module's path, narrower than Go's own rule: a good file name everywhere.
const element = `[a-zA-Z0-9]([a-zA-Z0-9._~-]*[a-zA-Z0-9])?`

var modules = regexp.MustCompile(`^` + element + `(/` + element + `)*$`)

// Name is the name of the program.
func (j Job) Name() string { return path.Base(j.Module) }

// Write makes the directory and writes the job's files into it. It returns their names.
func Write(dir string, j Job) (names []string, err error) {
	if !modules.MatchString(j.Module) {
		return nil, fmt.Errorf("%w: %q; use letters, digits, - and _, for example "+
			"example.com/myjob", ErrName, j.Module)
	}
	if err := empty(dir); err != nil {
		return nil, err
	}
	all, err := template.ParseFS(templates, "template/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, t := range all.Templates() {
		name := strings.TrimSuffix(t.Name(), ".tmpl")
		if err := write(filepath.Join(dir, name), t, j); err != nil {
			return nil, fmt.Errorf("write the new job: %w", errors.Join(err, remove(dir, names)))
		}
		names = append(names, name)
	}
	return names, nil
}

// empty makes the directory, or takes one that nothing is in.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.MkdirAll(dir, 0o777)
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s: %w; give a new one", dir, ErrExists)
	}
	return nil
}

func write(path string, t *template.Template, j Job) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err := errors.Join(t.Execute(f, j), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// remove takes back the files of a job that could not be written whole, so that the next try finds
// the directory empty.
func remove(dir string, names []string) (err error) {
	for _, name := range names {
		err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
	}
	return err
}
