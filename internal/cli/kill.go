package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/rmclient"
)

func newKill(e Env) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "kill APP...",
		Short: "End applications",
		Long: "Kill ends applications and returns when they have ended. One that has ended before is " +
			"no error.",
		Args: want(1, -1),
		ValidArgsFunction: e.applicationIDs(rmclient.Submitted, rmclient.Accepted,
			rmclient.Running),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "text for the application's diagnostics")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ids := make([]rmclient.ApplicationID, len(args))
		for i, arg := range args {
			var err error
			if ids[i], err = applicationID(arg); err != nil {
				return err
			}
		}
		return e.withCluster(func(rm *cluster) error {
			return e.kill(cmd.Context(), rm, ids, reason)
		})
	}
	return cmd
}

// kill goes on after an application that cannot be killed; the first error counts.
func (e Env) kill(ctx context.Context, rm *cluster, ids []rmclient.ApplicationID,
	reason string) error {
	var failed error
	for _, id := range ids {
		err := e.killOne(ctx, rm, id, reason)
		if err != nil && failed != nil {
			fmt.Fprintln(e.Stderr, oneLine(err))
		}
		if failed == nil {
			failed = err
		}
	}
	return failed
}

func (e Env) killOne(ctx context.Context, rm *cluster, id rmclient.ApplicationID,
	reason string) error {
	report, err := rm.Report(ctx, id)
	if err != nil {
		return err
	}
	if report.State.Ended() {
		_, err := fmt.Fprintf(e.Stdout, "%s had ended before: %s\n", id, report.State)
		return err
	}
	if err := rm.Kill(ctx, id, reason); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "%s killed\n", id)
	return err
}
