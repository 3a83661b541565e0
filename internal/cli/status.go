package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/rmclient"
)

func newStatus(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "status APP",
		Short:             "Say how an application is doing",
		Args:              want(1, 1),
		ValidArgsFunction: e.applicationIDs(),
	}
	form := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := applicationID(args[0])
		if err != nil {
			return err
		}
		return e.withCluster(func(rm *cluster) error {
			report, err := rm.Report(cmd.Context(), id)
			if err != nil {
				return err
			}
			return form.print(e.Stdout, e.statusTable(report), newAppRow(report))
		})
	}
	return cmd
}

// applicationID reads an argument.
func applicationID(arg string) (rmclient.ApplicationID, error) {
	id, err := rmclient.ParseApplicationID(arg)
	if err != nil {
		return id, badf("%w, as in application_1700000000000_0001; weft list has the ids", err)
	}
	return id, nil
}

func (e Env) statusTable(a rmclient.ApplicationReport) *console.Table {
	t := &console.Table{}
	add := func(name, value string) {
		if value != "" {
			t.Add(name, value)
		}
	}
	add("application", a.ID.String())
	add("name", a.Name)
	add("type", a.Type)
	add("user", a.User)
	add("queue", a.Queue)
	add("tags", strings.Join(a.Tags, ", "))
	add("state", a.State.String())
	add("final status", final(a))
	add("progress", percent(a.Progress))
	add("attempt", attempt(a))
	add("submitted", moment(a.Submitted))
	add("AM launched", moment(a.Launched))
	add("ended", moment(a.Ended))
	add("time", e.age(a))
	add("running", running(a))
	add("AM host", host(a))
	add("tracking URL", a.TrackingURL)
	name := "diagnostics"
	for line := range strings.Lines(strings.TrimSpace(a.Diagnostics)) {
		if strings.TrimSpace(line) != "" {
			add(name, strings.TrimSpace(line))
			name = ""
		}
	}
	return t
}

func attempt(a rmclient.ApplicationReport) string {
	if a.Attempt.IsZero() {
		return ""
	}
	if a.Unmanaged {
		return fmt.Sprintf("%d (client mode: the driver runs where it was submitted)", a.Attempt.Attempt)
	}
	return fmt.Sprint(a.Attempt.Attempt)
}

// running is what the application holds now.
func running(a rmclient.ApplicationReport) string {
	if a.State.Ended() || a.Containers < 0 {
		return ""
	}
	return fmt.Sprintf("%d containers, %d MB, %d vcores", a.Containers, max(a.Used.MemoryMB, 0),
		max(a.Used.VCores, 0))
}

func host(a rmclient.ApplicationReport) string {
	if a.Host == "N/A" {
		return ""
	}
	return a.Host
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05 -0700")
}
