package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `weft runs data-parallel jobs written in Go, here or on a Hadoop YARN cluster.

A job is a program that calls weft.Main. Started by hand it runs on this machine; weft submit runs
it where --master says. The cluster is the one that HADOOP_CONF_DIR describes.`

// newRoot makes the tree of commands.
func newRoot(e Env) *cobra.Command {
	root := &cobra.Command{
		Use:           "weft",
		Short:         "weft runs data-parallel Go programs on YARN",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
		// Without Args cobra reports an unknown command over several lines.
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return badf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(
		newSubmit(e), newList(e), newStatus(e), newKill(e), newLogs(e),
		newFS(e), newConf(e), newFairXML(e), newReplay(e), newNew(e),
		newService(e), newVersion(e),
	)
	plainUsage(root)
	return root
}

// plainUsage leaves usage lines as they are written: they name the flags that matter.
func plainUsage(cmd *cobra.Command) {
	cmd.DisableFlagsInUseLine = true
	for _, c := range cmd.Commands() {
		plainUsage(c)
	}
}

// unknownCommand says what the user may have meant, in one line.
func unknownCommand(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return badf("unknown command %q: did you mean %s %s?", name, cmd.CommandPath(),
			strings.Join(near, " or "))
	}
	return badf("unknown command %q; %s --help lists the commands", name, cmd.CommandPath())
}

// group makes a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: use, Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	g.AddCommand(children...)
	return g
}

// want checks the number of arguments and names the missing ones: most < 0 is no bound.
func want(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		usage := strings.TrimPrefix(cmd.UseLine(), cmd.Root().Name()+" ")
		switch {
		case len(args) < least:
			return badf("%s: %s missing; usage: weft %s", cmd.Name(), arguments(least-len(args)), usage)
		case most >= 0 && len(args) > most:
			return badf("%s: unexpected argument %q; usage: weft %s", cmd.Name(), args[most], usage)
		}
		return nil
	}
}

func arguments(n int) string {
	if n == 1 {
		return "an argument is"
	}
	return fmt.Sprintf("%d arguments are", n)
}

// Commands is the tree of commands of a version, for manual pages and completions.
func Commands(version string) *cobra.Command { return newRoot(Env{Version: version}) }
