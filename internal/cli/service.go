package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/internal/auxsite"
)

const serviceLong = `install prints the properties by which a NodeManager runs weft's
shuffle service, for its yarn-site.xml. With --apply it writes them into that file, keeps a copy of
the old one, and first makes sure that the service's files on this host can be read and run. Restart
the NodeManager afterwards: docs/install-shuffle-service.md.`

// newService makes the commands of those who run a cluster.
func newService(e Env) *cobra.Command {
	return group("service", "Install the shuffle service in NodeManagers", newServiceInstall(e))
}

func newServiceInstall(e Env) *cobra.Command {
	var s auxsite.Service
	var apply string
	cmd := &cobra.Command{
		Use:   "install [--apply FILE] [flags]",
		Short: "Print what yarn-site.xml needs for the shuffle service, or write it there",
		Long:  serviceLong,
		Args:  want(0, 0),
	}
	f := cmd.Flags()
	f.StringVar(&apply, "apply", "", "the yarn-site.xml to change; nothing is written without")
	f.StringVar(&s.Dir, "dir", "/opt/weft/shuffle-service", "where the jar and weft-shuffled lie; "+
		"/usr/lib/weft with the deb and the rpm")
	f.StringVar(&s.Name, "name", auxsite.FirstName, "of the service; another one for a second version")
	f.IntVar(&s.MetricsPort, "metrics-port", 7449, "of /metrics; 0: none")
	f.StringVar(&s.RecoveryDir, "recovery-dir", "", "also turn the NodeManager's recovery on, "+
		"with its state here")
	cmd.RunE = func(*cobra.Command, []string) error {
		if apply == "" {
			return e.printService(s)
		}
		return bad(e.applyService(s, apply))
	}
	return cmd
}

// printService says what to write, and on the side what would not work on this host.
func (e Env) printService(s auxsite.Service) error {
	text, err := auxsite.Snippet(s)
	if err != nil {
		return bad(err)
	}
	for _, p := range auxsite.Check(s) {
		fmt.Fprintf(e.Stderr, "weft: warning: on this host: %s\n", p)
	}
	_, err = fmt.Fprint(e.Stdout, text)
	return err
}

// applyService changes a file.
func (e Env) applyService(s auxsite.Service, file string) error {
	text, err := auxsite.Read(file)
	if err != nil {
		return err
	}
	edited, changes, err := auxsite.Edit(text, s)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if problems := auxsite.Check(s); len(problems) > 0 {
		return fmt.Errorf("%s not changed: %s", file, listed(problems))
	}
	if len(changes) == 0 {
		_, err = fmt.Fprintf(e.Stdout, "%s has it all already\n", file)
		return err
	}
	backup, err := auxsite.Write(file, edited, e.Now())
	if err != nil {
		return err
	}
	for _, c := range changes {
		fmt.Fprintln(e.Stdout, c)
	}
	_, err = fmt.Fprintf(e.Stdout, "the old file is %s\n"+
		"next: restart this host's NodeManager\n", backup)
	return err
}

func listed(problems []auxsite.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, string(p))
	}
	return strings.Join(all, "; ")
}
