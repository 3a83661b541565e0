package main

import (
	"os"
	"path/filepath"
)

// file is one of a package: where it comes from and where it goes.
type file struct {
	from, to string
	mode     os.FileMode
}

// command is what belongs to the weft command, below a prefix such as usr.
func (r release) commandFiles(arch, prefix string) ([]file, error) {
	files := []file{{r.program(arch, "weft"), filepath.Join(prefix, "bin/weft"), 0o755}}
	pages, err := filepath.Glob(filepath.Join(r.work, "share/man/man1/*"))
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		files = append(files, file{page, filepath.Join(prefix, "share/man/man1", filepath.Base(page)),
			0o644})
	}
	for _, c := range completions {
		files = append(files, file{filepath.Join(r.work, "share", c.to), filepath.Join(prefix,
			"share", c.to), 0o644})
	}
	return files, nil
}

// serviceFiles are the node shuffle service: the jar finds the program beside itself.
func (r release) serviceFiles(arch, prefix string) []file {
	return []file{
		{r.program(arch, "weft-shuffled"), filepath.Join(prefix, "lib/weft/weft-shuffled"), 0o755},
		{r.jar, filepath.Join(prefix, "lib/weft/weft-shuffle-service.jar"), 0o644},
	}
}

// papers are the licence and the notices, and what changed.
func (r release) papers(dir string) (files []file) {
	for _, name := range []string{"LICENSE", "NOTICE", "CHANGELOG.md"} {
		files = append(files, file{filepath.Join(r.root, name), filepath.Join(dir, name), 0o644})
	}
	return files
}
