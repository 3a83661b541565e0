package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/fairxml"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/scheduler/pool"
)

// newFairXML makes the commands about allocation files.
func newFairXML(e Env) *cobra.Command {
	return group("fairxml", "Check the file with the pools of weft.scheduler.mode FAIR",
		newFairXMLCheck(e))
}

// poolRow is a pool in -o json.
type poolRow struct {
	Pool     string `json:"pool"`
	Mode     string `json:"mode"`
	Weight   int    `json:"weight"`
	MinShare int    `json:"minShare"`
	MaxShare int    `json:"maxShare,omitempty"`
}

func newFairXMLCheck(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Print the pools of an allocation file as weft reads it, with warnings",
		Args:  want(1, 1),
	}
	form := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		pools, warnings, err := e.pools(cmd.Context(), args[0])
		if err != nil {
			return badf("check the pools: %w", err)
		}
		for _, w := range warnings {
			fmt.Fprintf(e.Stderr, "%s: warning: %s\n", args[0], console.Clean(w.String()))
		}
		rows := []poolRow{}
		for _, p := range pools {
			rows = append(rows, poolRow{p.Name, p.Mode.String(), p.Weight, p.MinShare, p.MaxShare})
		}
		return form.print(e.Stdout, poolTable(rows), rows)
	}
	return cmd
}

// pools reads a file of this machine, or of HDFS where the name is such a URL.
func (e Env) pools(
	ctx context.Context, name string,
) (pools []pool.Spec, warnings []fairxml.Warning, err error) {
	err = e.read(ctx, name, func(r io.Reader) (err error) {
		pools, warnings, err = fairxml.Parse(r)
		return wrap(err, "%s", name)
	})
	return pools, warnings, err
}

// read opens a file that is on this machine unless its name begins with hdfs:.
func (e Env) read(ctx context.Context, name string, use func(io.Reader) error) error {
	if !strings.HasPrefix(name, "hdfs:") {
		f, err := os.Open(strings.TrimPrefix(name, "file:"))
		if err != nil {
			return err
		}
		defer f.Close()
		return use(f)
	}
	return e.withFiles(func(files *fs.Resolver) error { return readFile(ctx, files, name, use) })
}

func readFile(
	ctx context.Context, files *fs.Resolver, url string, use func(io.Reader) error,
) error {
	system, path, err := files.FS(url)
	if err != nil {
		return err
	}
	f, err := system.OpenAt(ctx, path, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return use(f)
}

func poolTable(rows []poolRow) *console.Table {
	t := &console.Table{Head: []string{"POOL", "MODE", "WEIGHT", "MIN SHARE", "MAX SHARE"},
		Right: []bool{false, false, true, true, true}}
	for _, r := range rows {
		most := "-"
		if r.MaxShare > 0 {
			most = strconv.Itoa(r.MaxShare)
		}
		t.Add(r.Pool, r.Mode, strconv.Itoa(r.Weight), strconv.Itoa(r.MinShare), most)
	}
	return t
}
