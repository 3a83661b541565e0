package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// image makes an OCI image of the command for each architecture, with nothing else in it: a static
// program needs nothing.
func (r release) image() error {
	index := v1.ImageIndex(empty.Index)
	for _, arch := range r.arches {
		one, err := r.imageFor(arch)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{
			Platform: &v1.Platform{OS: "linux", Architecture: arch},
		}})
	}
	dir := filepath.Join(r.work, "oci")
	if _, err := layout.Write(dir, index); err != nil {
		return err
	}
	var files []file
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, file{path, name, 0o644})
		return err
	})
	if err != nil {
		return err
	}
	return r.create("weft-"+r.version+".oci.tar", func(w io.Writer) error {
		return writeTar(w, files, r.made)
	})
}

func (r release) imageFor(arch string) (v1.Image, error) {
	var content bytes.Buffer
	err := writeTar(&content, []file{{r.program(arch, "weft"), "usr/bin/weft", 0o755}}, r.made)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content.Bytes())), nil
	})
	if err != nil {
		return nil, err
	}
	one, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(one, &v1.ConfigFile{
		OS: "linux", Architecture: arch, Created: v1.Time{Time: r.made},
		Config: v1.Config{
			Entrypoint: []string{"/usr/bin/weft"},
			Env:        []string{"PATH=/usr/bin"},
			Labels:     map[string]string{"org.opencontainers.image.version": r.version},
		},
		RootFS: v1.RootFS{Type: "layers", DiffIDs: diffIDs(one)},
	})
}

// diffIDs are the layers of an image made above, which cannot fail: its content is in memory.
func diffIDs(image v1.Image) []v1.Hash {
	config, err := image.ConfigFile()
	if err != nil {
		return nil
	}
	return config.RootFS.DiffIDs
}
