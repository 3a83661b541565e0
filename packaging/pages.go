package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/weft-data/weft/internal/cli"
)

// completions are the shells' scripts, and where they go below share.
var completions = []struct {
	to    string
	write func(root *cobra.Command, path string) error
}{
	{"bash-completion/completions/weft", func(root *cobra.Command, path string) error {
		return root.GenBashCompletionFileV2(path, true)
	}},
	{"zsh/site-functions/_weft", (*cobra.Command).GenZshCompletionFile},
	{"fish/vendor_completions.d/weft.fish", func(root *cobra.Command, path string) error {
		return root.GenFishCompletionFile(path, true)
	}},
}

// pages writes the manual and the completions from the command's own tree.
func (r release) pages() error {
	root := cli.Commands("v" + r.version)
	man := filepath.Join(r.work, "share/man/man1")
	if err := os.MkdirAll(man, 0o755); err != nil {
		return err
	}
	header := &doc.GenManHeader{Section: "1", Source: "weft " + r.version, Date: &r.made}
	if err := doc.GenManTree(root, header, man); err != nil {
		return err
	}
	for _, c := range completions {
		path := filepath.Join(r.work, "share", c.to)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := c.write(root, path); err != nil {
			return err
		}
	}
	return nil
}
