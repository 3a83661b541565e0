package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/rmclient"
)

// weftType is the type under which weft's applications are submitted.
const weftType = "WEFT"

// appRow is an application in -o json.
type appRow struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	User        string     `json:"user"`
	Queue       string     `json:"queue"`
	State       string     `json:"state"`
	Final       string     `json:"final"`
	Progress    float32    `json:"progress"`
	Attempt     int32      `json:"attempt"`
	Unmanaged   bool       `json:"unmanaged"`
	Containers  int32      `json:"containers"`
	MemoryMB    int64      `json:"memoryMB"`
	VCores      int32      `json:"vcores"`
	Started     *time.Time `json:"started,omitempty"`
	Ended       *time.Time `json:"ended,omitempty"`
	TrackingURL string     `json:"trackingUrl,omitempty"`
	Diagnostics string     `json:"diagnostics,omitempty"`
}

func newList(e Env) *cobra.Command {
	var states []string
	var all, anyType bool
	cmd := &cobra.Command{
		Use:   "list [--state STATE,...] [--all]",
		Short: "List weft's applications on the cluster",
		Long: "List prints weft's applications that have not ended. --all adds those that have, as\n" +
			"far as the ResourceManager remembers them; --any-type adds what is not weft's.",
		Args: want(0, 0),
	}
	cmd.Flags().StringSliceVar(&states, "state", nil, "only these states: "+stateNames())
	cmd.Flags().BoolVar(&all, "all", false, "ended ones too")
	cmd.Flags().BoolVar(&anyType, "any-type", false, "applications of every type, not only weft's")
	completeFlag(cmd, "state", strings.Split(stateNames(), ", ")...)
	form := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		filter, err := listFilter(states, all, anyType)
		if err != nil {
			return err
		}
		return e.withCluster(func(rm *cluster) error {
			apps, err := rm.Applications(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return form.print(e.Stdout, e.appTable(apps), appRows(apps))
		})
	}
	return cmd
}

// withCluster runs a command with the door to the ResourceManager open.
func (e Env) withCluster(run func(*cluster) error) error {
	c, err := e.load(conf.Sources{})
	if err != nil {
		return err
	}
	rm, err := e.connect(c)
	if err != nil {
		return err
	}
	defer rm.Close()
	return run(rm)
}

// allStates are an application's states in their order.
var allStates = []rmclient.State{
	rmclient.New, rmclient.NewSaving, rmclient.Submitted, rmclient.Accepted, rmclient.Running,
	rmclient.Finished, rmclient.Failed, rmclient.Killed,
}

func stateNames() string {
	names := make([]string, len(allStates))
	for i, s := range allStates {
		names[i] = s.String()
	}
	return strings.Join(names, ", ")
}

// listFilter selects what has not ended, unless the user wants something else.
func listFilter(states []string, all, anyType bool) (rmclient.Filter, error) {
	f := rmclient.Filter{}
	if !anyType {
		f.Types = []string{weftType}
	}
	for _, name := range states {
		i := slices.IndexFunc(allStates, func(s rmclient.State) bool {
			return strings.EqualFold(s.String(), strings.TrimSpace(name))
		})
		if i < 0 {
			return f, badf("--state %q: want one of %s", name, stateNames())
		}
		f.States = append(f.States, allStates[i])
	}
	if len(states) == 0 && !all {
		f.States = slices.DeleteFunc(slices.Clone(allStates), rmclient.State.Ended)
	}
	return f, nil
}

func (e Env) appTable(apps []rmclient.ApplicationReport) *console.Table {
	t := &console.Table{
		Head: []string{"APPLICATION", "NAME", "USER", "QUEUE", "STATE", "FINAL", "PROGRESS",
			"CONTAINERS", "TIME"},
		Right: []bool{6: true, 7: true, 8: true},
	}
	for _, a := range apps {
		t.Add(a.ID.String(), a.Name, a.User, a.Queue, a.State.String(), final(a), percent(a.Progress),
			fmt.Sprint(max(a.Containers, 0)), e.age(a))
	}
	return t
}

// final is how the application ended, empty until then.
func final(a rmclient.ApplicationReport) string {
	if !a.State.Ended() {
		return ""
	}
	return a.Final.String()
}

func percent(p float32) string { return fmt.Sprintf("%.0f%%", 100*p) }

// age is how long the application has run, or ran.
func (e Env) age(a rmclient.ApplicationReport) string {
	switch {
	case a.Started.IsZero():
		return "-"
	case a.Ended.IsZero():
		return console.Duration(max(0, e.Now().Sub(a.Started)).Truncate(time.Second))
	}
	return console.Duration(a.Ended.Sub(a.Started))
}

func appRows(apps []rmclient.ApplicationReport) []appRow {
	rows := make([]appRow, len(apps))
	for i, a := range apps {
		rows[i] = newAppRow(a)
	}
	return rows
}

func newAppRow(a rmclient.ApplicationReport) appRow {
	return appRow{
		ID: a.ID.String(), Name: a.Name, Type: a.Type, User: a.User, Queue: a.Queue,
		State: a.State.String(), Final: a.Final.String(), Progress: a.Progress,
		Attempt: a.Attempt.Attempt, Unmanaged: a.Unmanaged, Containers: max(a.Containers, 0),
		MemoryMB: max(a.Used.MemoryMB, 0), VCores: max(a.Used.VCores, 0),
		Started: timeOrNil(a.Started), Ended: timeOrNil(a.Ended),
		TrackingURL: a.TrackingURL, Diagnostics: a.Diagnostics,
	}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
