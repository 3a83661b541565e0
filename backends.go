package weft

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/inprocess"
	"github.com/weft-data/weft/containers/plugin"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/submit"
)

// goroutines is master local[n]: one executor with n slots in this process.
func (a *application) goroutines(n int, files *fs.Resolver) *backend {
	local := control.NewLocal()
	cluster := inprocess.New(inprocess.Options{
		Dirs: conf.LocalDir.Get(a.conf), Log: a.log,
		Run: func(ctx context.Context, l containers.Launch) error {
			return executor.Run(ctx, executor.Options{
				ID: control.ExecutorID(l.Executor), Program: pipeline.Program{},
				Local: local, Host: l.Host, Dirs: l.Dirs, Slots: l.Slots, Files: files, Log: a.log,
			})
		},
	})
	options := am.Options{Cluster: cluster, Local: local, Executors: 1, Slots: n, Fixed: true}
	return &backend{files: files, options: options}
}

// processes is master process[n]: n executors as processes of this machine.
func (a *application) processes(n int, files *fs.Resolver) (*backend, error) {
	if err := a.shareHadoop(); err != nil {
		return nil, err
	}
	id, err := identity.New()
	if err != nil {
		return nil, err
	}
	cluster, err := process.New(process.Options{Dirs: conf.LocalDir.Get(a.conf), Output: a.console,
		Log: a.log, Env: passedOn()})
	if err != nil {
		return nil, err
	}
	options := am.Options{Cluster: cluster, Listen: "127.0.0.1:0", Identity: id, Executors: n}
	return &backend{files: files, options: options}, nil
}

// plugged is master plugin:NAME: the cluster is a program of its own.
func (a *application) plugged(name string, files *fs.Resolver) (*backend, error) {
	if err := a.shareHadoop(); err != nil {
		return nil, err
	}
	id, err := identity.New()
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cluster, err := plugin.New(plugin.Options{Name: name, Output: a.console, Log: a.log,
		Application: plugin.Application{Program: program, Settings: a.conf.Settings()}})
	if err != nil {
		return nil, badInput(err)
	}
	host := cmp.Or(conf.DriverHost.Get(a.conf), "127.0.0.1")
	options := am.Options{Cluster: cluster, Listen: net.JoinHostPort(host, "0"), Identity: id}
	return &backend{files: files, options: options}, nil
}

// passedOn are the variables of this process that executors on the same machine get as well.
func passedOn() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "WEFT_LOG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// client is master yarn with the driver in this process.
func (a *application) client(ctx context.Context) (*backend, error) {
	attempt, err := a.attempt(ctx)
	if err != nil {
		return nil, err
	}
	b, err := a.speakFor(attempt)
	if err != nil {
		ctx, cancel := cleanup(ctx)
		defer cancel()
		return nil, fmt.Errorf("%w (ended: %w)", err, attempt.Close(ctx))
	}
	return b, nil
}

// attempt submits an application for which no container is started: this process is its
// ApplicationMaster.
func (a *application) attempt(ctx context.Context) (*submit.Attempt, error) {
	var err error
	if a.hadoop, err = conf.HadoopFromEnv(os.Getenv); err != nil {
		return nil, badInput(err)
	}
	a.conf.Override(a.hadoop)
	if err := a.checkPools(ctx, fs.PlainPathsOnDefaultFS()); err != nil {
		return nil, badInput(err)
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	program, err := submit.CheckProgram(path)
	if err != nil {
		return nil, badInput(err)
	}
	attempt, err := submit.Unmanaged(ctx, submit.Request{
		Program: program, Args: a.args, Conf: a.conf, Hadoop: a.hadoop, Log: a.log, Started: a.started,
	})
	return attempt, badInput(err)
}

// speakFor makes the backend of an attempt.
func (a *application) speakFor(attempt *submit.Attempt) (_ *backend, err error) {
	a.user = attempt.User
	host := conf.DriverHost.Get(a.conf)
	if host == "" {
		if host, err = reachableHost(attempt.RM.ClientAddresses); err != nil {
			return nil, err
		}
	}
	if err := a.shareHadoop(); err != nil {
		return nil, err
	}
	cluster, err := yarn.New(yarn.OfAttempt(attempt, a.conf, a.log))
	if err != nil {
		return nil, err
	}
	return &backend{
		name: attempt.ID.Application.String(), close: attempt.Close,
		files:   fs.Resolve(a.hadoop, a.user, fs.WithLogger(a.log), fs.PlainPathsOnDefaultFS()),
		options: am.Options{Cluster: cluster, Listen: host + ":0", Identity: attempt.Identity},
	}, nil
}
