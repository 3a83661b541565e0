package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
)

// newConf makes the commands that say what is set, and why.
func newConf(e Env) *cobra.Command {
	return group("conf", "Show settings and where they come from", newExplain(e), newConfList(e))
}

// confFlags are settings of a command line to be, for both commands.
type confFlags struct {
	pairs      []string
	properties string
}

func (f *confFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.pairs, "conf", nil, "KEY=VALUE, as weft submit would get it")
	cmd.Flags().StringVar(&f.properties, "properties-file", "", "file of KEY VALUE lines")
}

func (f *confFlags) load(e Env) (*conf.Conf, error) {
	return e.load(conf.Sources{Conf: f.pairs, PropertiesFile: f.properties})
}

func newExplain(e Env) *cobra.Command {
	f := &confFlags{}
	cmd := &cobra.Command{
		Use:   "explain KEY",
		Short: "Say what a key of weft or of Hadoop is, who said so, and what that hides",
		Args:  want(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := f.load(e)
			if err != nil {
				return err
			}
			explanation, err := e.explain(c, args[0])
			if err != nil {
				return bad(err)
			}
			_, err = fmt.Fprintln(e.Stdout, explanation)
			return err
		},
		ValidArgsFunction: completeKey,
	}
	f.add(cmd)
	return cmd
}

// explain looks into weft's settings for weft's keys and into Hadoop's files for all others.
func (e Env) explain(c *conf.Conf, key string) (conf.Explanation, error) {
	if strings.HasPrefix(key, "weft.") || strings.HasPrefix(key, "spark.") {
		return c.Explain(key)
	}
	h, err := e.hadoop(c)
	if errors.Is(err, conf.ErrNoHadoopConf) {
		h = conf.NewHadoop()
		c.Override(h)
	} else if err != nil {
		return conf.Explanation{}, err
	}
	return h.Explain(key), nil
}

// keyRow is a key in -o json.
type keyRow struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Source  string `json:"source"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Doc     string `json:"doc"`
}

func newConfList(e Env) *cobra.Command {
	f := &confFlags{}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List weft's keys with their values",
		Args:  want(0, 0),
	}
	f.add(cmd)
	form := outputFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		c, err := f.load(e)
		if err != nil {
			return err
		}
		rows, err := keyRows(c)
		if err != nil {
			return err
		}
		t := &console.Table{Head: []string{"KEY", "VALUE", "FROM"}}
		for _, r := range rows {
			t.Add(r.Key, r.Value, r.Source)
		}
		return form.print(e.Stdout, t, rows)
	}
	return cmd
}

func keyRows(c *conf.Conf) ([]keyRow, error) {
	var rows []keyRow
	for _, k := range conf.Keys() {
		x, err := c.Explain(k.Name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, keyRow{k.Name, x.Value, x.Source, k.Type, k.Default, k.Doc})
	}
	return rows, nil
}
