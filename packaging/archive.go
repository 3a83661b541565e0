package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// archive makes the tar.gz of one architecture, everything in one folder.
func (r release) archive(arch string) error {
	name := fmt.Sprintf("weft-%s-linux-%s", r.version, arch)
	files, err := r.commandFiles(arch, "")
	if err != nil {
		return err
	}
	files = append(append(files, r.serviceFiles(arch, "")...), r.papers("")...)
	files = append(files, file{filepath.Join(r.root, "docs/install-shuffle-service.md"),
		"share/doc/install-shuffle-service.md", 0o644})
	for i := range files {
		files[i].to = filepath.Join(name, files[i].to)
	}
	return r.create(name+".tar.gz", func(w io.Writer) error {
		zip, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			return err
		}
		return errors.Join(writeTar(zip, files, r.made), zip.Close())
	})
}

// create writes a file of the release.
func (r release) create(name string, write func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(r.out, name))
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// writeTar writes files in the order of their names, owned by root and all of one time.
func writeTar(w io.Writer, files []file, made time.Time) error {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.to, b.to) })
	t := tar.NewWriter(w)
	for _, f := range files {
		if err := addFile(t, f, made); err != nil {
			return fmt.Errorf("%s: %w", f.to, err)
		}
	}
	return t.Close()
}

func addFile(t *tar.Writer, f file, made time.Time) error {
	in, err := os.Open(f.from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	err = t.WriteHeader(&tar.Header{Name: f.to, Mode: int64(f.mode), Size: info.Size(),
		ModTime: made, Format: tar.FormatPAX})
	if err == nil {
		_, err = io.Copy(t, in)
	}
	return err
}
