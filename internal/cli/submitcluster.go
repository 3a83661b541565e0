package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// submitCluster hands the program to the cluster and watches it.
func (e Env) submitCluster(ctx context.Context, s submission, c *conf.Conf, program string,
	args []string, started time.Time) error {
	checked, err := submit.CheckProgram(program)
	if err != nil {
		return bad(err)
	}
	h, err := e.hadoop(c)
	if err != nil {
		return err
	}
	if err := e.checkPools(ctx, c); err != nil {
		return err
	}
	app, err := submit.Cluster(ctx, submit.Request{
		Program: checked, Args: args, Conf: c, Hadoop: h, Timing: s.timing, Started: started,
	})
	if err != nil {
		return bad(err) // nothing was submitted
	}
	defer app.Close()
	if s.detach || !conf.YarnWaitAppCompletion.Get(c) {
		_, err := fmt.Fprintln(e.Stdout, app.ID)
		return err
	}
	w := watcher{e: e, started: started, timing: s.timing, quiet: s.progress == string(console.Off)}
	return w.watch(ctx, app, conf.YarnReportInterval.Get(c))
}

// watcher tells people how an application does.
type watcher struct {
	e       Env
	started time.Time
	timing  bool
	quiet   bool

	state rmclient.State
	url   string
	marks []console.Mark
}

// watch waits for the end of the application and turns it into the exit code.
func (w *watcher) watch(ctx context.Context, app *submit.Application, every time.Duration) error {
	w.mark("submit accepted")
	report, err := app.Wait(ctx, every, w.look)
	if context.Cause(ctx) != nil {
		fmt.Fprintf(w.e.Stderr, "weft: stopped waiting; %s runs on: weft status %s shows it, "+
			"weft kill %s ends it\n", app.ID, app.ID, app.ID)
		return exit(signalCode(context.Cause(ctx)))
	}
	if err != nil {
		return fmt.Errorf("%w; it may still run: weft status %s", err, app.ID)
	}
	w.mark("end")
	w.ended(report)
	return submit.Outcome(report)
}

// look prints what has changed since the last report.
func (w *watcher) look(r rmclient.ApplicationReport) {
	if r.State == w.state {
		return
	}
	w.state = r.State
	if r.State == rmclient.Running {
		w.mark("AM registered")
	}
	w.say("%s: %s", r.ID, state(r))
	if r.TrackingURL != "" && r.TrackingURL != w.url && r.State >= rmclient.Running {
		w.url = r.TrackingURL
		w.say("%s: tracking URL %s", r.ID, console.Clean(r.TrackingURL))
	}
}

// ended prints the timing of what can be seen from here; the driver's log has its own.
func (w *watcher) ended(r rmclient.ApplicationReport) {
	w.say("%s: final status %s after %s", r.ID, r.Final, console.Duration(w.e.since(w.started)))
	if w.timing {
		fmt.Fprint(w.e.Stderr, console.Timing{Marks: w.marks})
		w.say("the driver's own report is at the end of its log: weft logs %s --file stderr", r.ID)
	}
}

func (w *watcher) mark(name string) {
	w.marks = append(w.marks, console.Mark{Name: name, At: w.e.since(w.started)})
}

func (w *watcher) say(format string, args ...any) {
	if !w.quiet {
		fmt.Fprintf(w.e.Stderr, format+"\n", args...)
	}
}

// state is the application's state in a word or two.
func state(r rmclient.ApplicationReport) string {
	switch r.State {
	case rmclient.Accepted:
		return fmt.Sprintf("ACCEPTED, waiting in queue %s", console.Clean(r.Queue))
	case rmclient.Running:
		return "RUNNING"
	}
	return r.State.String()
}
