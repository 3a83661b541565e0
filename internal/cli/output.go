package cli

import (
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/internal/console"
)

// output is the value of -o.
type output string

// The forms of a list.
const (
	asTable output = "table" // for people
	asJSON  output = "json"  // for programs: an array of objects, stable names
)

// outputFlag adds -o to a command.
func outputFlag(cmd *cobra.Command) *output {
	o := asTable
	cmd.Flags().VarP(&o, "output", "o", "table or json")
	completeFlag(cmd, "output", string(asTable), string(asJSON))
	return &o
}

// String, Set and Type make output a flag's value.
func (o *output) String() string { return string(*o) }

// Type names the value in --help.
func (o *output) Type() string { return "form" }

// Set reads the flag.
func (o *output) Set(s string) error {
	switch v := output(s); v {
	case asTable, asJSON:
		*o = v
		return nil
	}
	return badf("want table or json")
}

// print writes a table or the same as JSON.
func (o *output) print(w io.Writer, table *console.Table, value any) error {
	if *o == asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	}
	_, err := table.WriteTo(w)
	return err
}
