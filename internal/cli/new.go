package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/internal/newjob"
)

const newLong = `new writes the Go module of a job into a new directory: a program that
counts words, its test, and a README that says how to test, build and submit it.

The job is built with this command's version of weft. A bin/weft that make build
left in a checkout has the job built with that checkout.`

// leastGo is what go.mod of weft asks for.
const leastGo = "1.26"

func newNew(e Env) *cobra.Command {
	var j newjob.Job
	cmd := &cobra.Command{
		Use:   "new [--module PATH] DIR",
		Short: "Write the module of a new job",
		Long:  newLong,
		Args:  want(1, 1),
	}
	cmd.Flags().StringVar(&j.Module, "module", "", "the Go module's path; DIR's name if not given")
	cmd.Flags().StringVar(&j.Weft, "weft", "", "the version of weft; this command's if not given")
	cmd.Flags().StringVar(&j.Source, "source", "", "weft's source tree here, instead of a version")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		dir, err := filepath.Abs(args[0])
		if err != nil {
			return bad(err)
		}
		if j.Weft == "" && j.Source == "" {
			j.Weft, j.Source = own(version(e.Version))
		}
		if j, err = complete(j, dir); err != nil {
			return bad(err)
		}
		names, err := newjob.Write(dir, j)
		if err != nil {
			return bad(err)
		}
		for _, name := range names {
			fmt.Fprintln(e.Stdout, filepath.Join(args[0], name))
		}
		_, err = fmt.Fprintf(e.Stdout, "next: cd %s && go mod tidy && go test ./...\n", args[0])
		return err
	}
	return cmd
}

// released are versions that the Go command can fetch.
var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?$`)

// own is the version of weft that this command has, or else the checkout it was built in.
func own(version string) (weft, source string) {
	program, err := os.Executable()
	if err != nil || released.MatchString(version) {
		return version, ""
	}
	return version, checkout(program)
}

// checkout is the source tree of weft whose bin holds the program; "" for none.
func checkout(program string) string {
	root := filepath.Dir(filepath.Dir(program))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(mod), "module github.com/weft-data/weft\n") {
		return ""
	}
	return root
}

// complete fills in what was not said.
func complete(j newjob.Job, dir string) (newjob.Job, error) {
	j.Go = leastGo
	if j.Module == "" {
		j.Module = filepath.Base(dir)
	}
	if j.Source != "" {
		source, err := filepath.Abs(j.Source)
		j.Source, j.Weft = source, "v0.0.0"
		return j, err
	}
	if !released.MatchString(j.Weft) {
		return j, fmt.Errorf("%q is no released version of weft; give one by --weft v1.2.3, or weft's "+
			"source tree by --source DIR", j.Weft)
	}
	return j, nil
}
