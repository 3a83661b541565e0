package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/yarnlogs"
	"github.com/weft-data/weft/rmclient"
)

const logsLong = `Logs prints what the containers of an application wrote: while it runs from its
nodes, afterwards from the logs that YARN has aggregated in HDFS. In client mode the driver writes
to the terminal where it was submitted, so only executors have logs.

With -f it goes on until the application has ended. With -c and one --file it prints the bytes of
that file and nothing else.`

// logsFlags are the flags of logs.
type logsFlags struct {
	container string
	files     []string
	follow    bool
}

func newLogs(e Env) *cobra.Command {
	f := &logsFlags{}
	cmd := &cobra.Command{
		Use:               "logs APP [-c CONTAINER] [--file stdout|stderr|all] [-f]",
		Short:             "Print what the containers of an application wrote",
		Long:              logsLong,
		Args:              want(1, 1),
		ValidArgsFunction: e.applicationIDs(),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := applicationID(args[0])
			if err != nil {
				return err
			}
			selection, err := f.selection()
			if err != nil {
				return err
			}
			return e.withCluster(func(rm *cluster) error {
				r, err := e.newLogReader(rm, id, selection)
				if err != nil {
					return err
				}
				defer r.close()
				return r.run(cmd.Context(), f.follow)
			})
		},
	}
	cmd.Flags().StringVarP(&f.container, "container", "c", "", "only this container")
	cmd.Flags().StringSliceVar(&f.files, "file", []string{"stdout", "stderr"},
		"only files of these names; all: launch scripts too")
	cmd.Flags().BoolVarP(&f.follow, "follow", "f", false, "go on until the application has ended")
	completeFlag(cmd, "file", "stdout", "stderr", "all")
	return cmd
}

// selection is which logs are wanted.
type selection struct {
	container string
	files     []string // nil: all
}

func (f *logsFlags) selection() (selection, error) {
	s := selection{container: f.container, files: f.files}
	if f.container != "" {
		if _, err := rmclient.ParseContainerID(f.container); err != nil {
			return s, bad(err)
		}
	}
	if slices.Contains(f.files, "all") {
		s.files = nil
	}
	return s, nil
}

func (s selection) wants(l yarnlogs.Log) bool {
	return s.wantsContainer(l.Container) && s.wantsFile(l)
}

func (s selection) wantsContainer(id string) bool { return s.container == "" || s.container == id }

func (s selection) wantsFile(l yarnlogs.Log) bool {
	return s.files == nil || slices.Contains(s.files, l.Name)
}

// one reports whether at most one file can be meant; it is printed bare then.
func (s selection) one() bool { return s.container != "" && len(s.files) == 1 }

// run prints the logs from where they are now.
func (r *logReader) run(ctx context.Context, follow bool) error {
	report, err := r.rm.Report(ctx, r.id)
	switch {
	case errors.Is(err, rmclient.ErrNotFound):
		// The ResourceManager forgets; HDFS does not. The owner can only be guessed.
		report = rmclient.ApplicationReport{ID: r.id, User: r.rm.config.User, State: rmclient.Finished}
		return r.archived(ctx, report)
	case err != nil:
		return err
	case report.State.Ended():
		return r.archived(ctx, report)
	case follow:
		return r.followed(ctx)
	}
	return r.running(ctx, report)
}

// newLogReader opens nothing yet.
func (e Env) newLogReader(rm *cluster, id rmclient.ApplicationID, s selection) (*logReader, error) {
	c, err := e.load(conf.Sources{})
	if err != nil {
		return nil, err
	}
	files, err := e.files(c)
	if err != nil {
		return nil, err
	}
	return &logReader{
		e: e, rm: rm, id: id, wanted: s, files: files, live: yarnlogs.NewLive(rm.config),
		out: &logWriter{w: e.Stdout, bare: s.one()}, seen: map[logKey]int64{},
	}, nil
}

// nothing is the error of a selection that met no log.
func (r *logReader) nothing(why string) error {
	what := "logs of " + r.id.String()
	if r.wanted.container != "" {
		what = "logs of " + r.wanted.container
	}
	return fmt.Errorf("%s: %s", what, why)
}
