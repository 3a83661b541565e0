package weft

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/handoff"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/scheduler"
)

// application is a driver's process from its settings to its end.
type application struct {
	args    []string
	conf    *conf.Conf
	spec    handoff.Spec
	started time.Time // when the submission began
	log     hclog.Logger
	console *console.Console
	hadoop  *conf.Hadoop // nil: local files only
	user    string
	pools   *scheduler.PoolsChanged // of the allocation file, once it was read
}

// backend is what a master gives the driver.
type backend struct {
	options am.Options
	name    string // of the application, unique
	files   *fs.Resolver
	close   func(ctx context.Context) error // after the driver has stopped; may be nil
}

// run starts the application with its master, calls the driver and ends the application.
func (a *application) run(ctx context.Context, master handoff.Master, run Driver) error {
	a.console = console.New(console.Options{Mode: a.spec.Progress})
	a.log = newLog(a.console)
	b, err := a.backend(ctx, master)
	if err != nil {
		return err
	}
	return a.drive(ctx, b, run)
}

func (a *application) backend(ctx context.Context, master handoff.Master) (*backend, error) {
	if master.Kind == handoff.Yarn {
		return a.client(ctx)
	}
	if err := a.findHadoop(); err != nil {
		return nil, badInput(err)
	}
	files := fs.Resolve(a.hadoop, a.user, fs.WithLogger(a.log))
	switch master.Kind {
	case handoff.Process:
		return a.processes(master.N, files)
	case handoff.Plugin:
		return a.plugged(master.Name, files)
	}
	return a.goroutines(master.N, files), nil
}

// findHadoop reads Hadoop's settings where the environment names them; local masters do without.
func (a *application) findHadoop() (err error) {
	if a.user, err = conf.User(os.Getenv); err != nil {
		return err
	}
	a.hadoop, err = conf.HadoopFromEnv(os.Getenv)
	if errors.Is(err, conf.ErrNoHadoopConf) {
		a.hadoop, err = conf.NewHadoop(), nil
	}
	if err == nil {
		a.conf.Override(a.hadoop)
	}
	return err
}

// drive runs the driver over a backend, and brings everything down again.
func (a *application) drive(ctx context.Context, b *backend, run Driver) error {
	if err := a.readPools(ctx, b.files); err != nil {
		return errors.Join(badInput(err), b.end(ctx))
	}
	b.options.Conf, b.options.Log, b.options.Manifest = a.conf, a.log, pipeline.Program{}.Manifest()
	b.options.Pools = a.pools
	driver, err := am.Start(ctx, b.options)
	if errors.Is(err, am.ErrSettings) {
		err = badInput(err)
	}
	if err != nil {
		return errors.Join(err, b.end(ctx))
	}
	s := newSession(a, b, driver)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-driver.Done():
			cancel(driver.Err())
		case <-ctx.Done():
		}
	}()
	hide := a.console.Show(s.progress)
	err = drive(ctx, s, run)
	hide()
	status := driver.Status() // there is none after the stop
	err = errors.Join(err, a.stop(ctx, driver, err), b.end(ctx))
	if a.spec.Timing {
		_, _ = a.timing(status, driver.Marks(), driver.Slots()).WriteTo(a.console)
	}
	return err
}

// stop tells executors and cluster how it ended, also when ctx is over.
func (a *application) stop(ctx context.Context, driver *am.Driver, err error) error {
	final := containers.Final{Status: containers.Succeeded}
	switch {
	case errors.Is(err, errInterrupted):
		final = containers.Final{Status: containers.Killed, Diagnostics: err.Error()}
	case err != nil:
		final = containers.Final{Status: containers.Failed, Diagnostics: err.Error()}
	}
	ctx, cancel := cleanup(ctx)
	defer cancel()
	return driver.Stop(ctx, final)
}

func (b *backend) end(ctx context.Context) error {
	ctx, cancel := cleanup(ctx)
	defer cancel()
	var err error
	if b.close != nil {
		err = b.close(ctx)
	}
	return errors.Join(err, b.files.Close())
}

func newSession(a *application, b *backend, driver *am.Driver) *Session {
	return &Session{args: a.args, name: cmp.Or(b.name, "local-"+strings.ToLower(rand.Text()[:12])),
		attempt: max(b.options.Attempt, 1), conf: a.conf, log: a.log, files: b.files, driver: driver,
		quiet: a.console.Clear, accumulators: map[string]any{}, outputs: map[string]int{}}
}

// newLog writes warnings and errors to the console; WEFT_LOG asks for more, such as info or debug.
func newLog(out *console.Console) hclog.Logger {
	level := hclog.LevelFromString(os.Getenv("WEFT_LOG"))
	if level == hclog.NoLevel {
		level = hclog.Warn
	}
	return hclog.New(&hclog.LoggerOptions{Name: filepath.Base(os.Args[0]), Level: level, Output: out})
}

// shareHadoop puts Hadoop's settings where executors find them: as weft.hadoop.KEY of the
// configuration that the driver sends them.
func (a *application) shareHadoop() error {
	defaults := conf.NewHadoop()
	for _, key := range a.hadoop.Keys() {
		value := a.hadoop.Get(key)
		if value == defaults.Get(key) {
			continue
		}
		err := a.conf.Put("weft.hadoop."+key, value, "Hadoop's configuration", conf.FromFile)
		if err != nil {
			return fmt.Errorf("share Hadoop's configuration with executors: %w", err)
		}
	}
	return a.conf.Put(executor.UserKey, a.user, "the submitting user", conf.FromFile)
}
