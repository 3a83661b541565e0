package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// formats are nfpm's names, which are the files' extensions too.
var formats = []string{"deb", "rpm"}

// packages makes the packages of one architecture: the command, and what NodeManagers need.
func (r release) packages(arch string) error {
	command, err := r.commandFiles(arch, "/usr")
	if err != nil {
		return err
	}
	for name, p := range map[string]struct {
		files []file
		about string
	}{
		"weft": {command, "runs data-parallel Go programs on Hadoop YARN"},
		"weft-shuffle-service": {r.serviceFiles(arch, "/usr"),
			"weft's shuffle service for YARN NodeManagers; see /usr/share/doc/weft-shuffle-service"},
	} {
		if name == "weft-shuffle-service" {
			p.files = append(p.files, file{filepath.Join(r.root, "docs/install-shuffle-service.md"),
				"/usr/share/doc/weft-shuffle-service/install-shuffle-service.md", 0o644})
		}
		p.files = append(p.files, r.papers("/usr/share/doc/"+name)...)
		for _, format := range formats {
			if err := r.pack(format, name, arch, p.about, p.files); err != nil {
				return fmt.Errorf("make the %s of %s: %w", format, name, err)
			}
		}
	}
	return nil
}

func (r release) pack(format, name, arch, about string, list []file) error {
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: name, Arch: arch, Platform: "linux", Version: r.version, MTime: r.made,
		Maintainer: "weft's maintainers <maintainers@weft-data.example>", Description: about,
		License: "Apache-2.0", Homepage: "https://github.com/weft-data/weft", Section: "net",
	})
	for _, f := range list {
		info.Contents = append(info.Contents, &files.Content{Source: f.from, Destination: f.to,
			FileInfo: &files.ContentFileInfo{Mode: f.mode, MTime: r.made, Owner: "root", Group: "root"}})
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	return r.create(packager.ConventionalFileName(info), func(w io.Writer) error {
		return packager.Package(info, w)
	})
}
