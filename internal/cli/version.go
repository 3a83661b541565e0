package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of weft",
		Args:  want(0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(e.Stdout, "weft %s (%s, %s/%s)\n",
				version(e.Version), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// version is what the linker was told, else what go install knows, else the commit.
func version(linked string) string {
	info, ok := debug.ReadBuildInfo()
	if linked != "" || !ok {
		return cmp.Or(linked, "unknown")
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "unknown"
}
