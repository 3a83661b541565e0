package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
)

// completeLimit bounds how long a shell waits for the ResourceManager after a tab.
const completeLimit = 2 * time.Second

func completeSubmit(cmd *cobra.Command) {
	cmd.ValidArgsFunction = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	completeFlag(cmd, "master", "local[*]", "process[2]", "yarn")
	completeFlag(cmd, "deploy-mode", "client", "cluster")
	completeFlag(cmd, "via", "rpc", "rest")
	completeFlag(cmd, "progress", "auto", "plain", "off")
	keys := func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return weftKeys(typed, "="), cobra.ShellCompDirectiveNoSpace
	}
	if err := cmd.RegisterFlagCompletionFunc("conf", keys); err != nil {
		panic(err)
	}
}

// completeFlag offers fixed words; a flag that does not exist is a bug.
func completeFlag(cmd *cobra.Command, flag string, words ...string) {
	fixed := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, fixed); err != nil {
		panic(err)
	}
}

// completeKey completes a key as an argument.
func completeKey(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return weftKeys(typed, ""), cobra.ShellCompDirectiveNoFileComp
}

// weftKeys are the keys that begin with what was typed.
func weftKeys(typed, ending string) []string {
	var out []string
	for _, k := range conf.Keys() {
		if strings.HasPrefix(k.Name, typed) {
			out = append(out, k.Name+ending)
		}
	}
	return out
}

// applicationIDs completes ids of applications in the given states, newest first.
func (e Env) applicationIDs(states ...rmclient.State) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completeLimit)
		defer cancel()
		return e.lookUpIDs(ctx, states), cobra.ShellCompDirectiveNoFileComp
	}
}

// lookUpIDs is empty when the cluster cannot be asked: a tab prints no errors.
func (e Env) lookUpIDs(ctx context.Context, states []rmclient.State) []string {
	c, err := e.load(conf.Sources{})
	if err != nil {
		return nil
	}
	rm, err := e.connect(c)
	if err != nil {
		return nil
	}
	defer rm.Close()
	apps, err := rm.Applications(ctx, rmclient.Filter{Types: []string{weftType}, States: states})
	if err != nil {
		return nil
	}
	out := make([]string, 0, len(apps))
	for i := len(apps) - 1; i >= 0; i-- {
		out = append(out, apps[i].ID.String()+"\t"+apps[i].Name)
	}
	return out
}
