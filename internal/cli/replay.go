package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/scheduler/replay"
)

func newReplay(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Print what the scheduler decided in a run that weft.scheduler.log recorded",
		Args:  want(1, 1),
	}
	cmd.Long = `replay steps the scheduler through the file that a driver wrote with --conf
weft.scheduler.log=FILE, and prints the actions it calls for, a line each, with the time since the
application started. They are those of the run.`
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := e.read(cmd.Context(), args[0], func(r io.Reader) error {
			return wrap(replay.Replay(r, e.Stdout), "%s", args[0])
		})
		if errors.Is(err, replay.ErrLog) || errors.Is(err, fs.ErrNotExist) {
			return badf("replay: %w", err)
		}
		return wrap(err, "replay")
	}
	return cmd
}
