package weft

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/handoff"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// executorMain is the life of an executor's process.
func executorMain(ctx context.Context) error {
	ctx, launch, err := executorLaunch(ctx)
	if err != nil {
		return err
	}
	log := hclog.New(&hclog.LoggerOptions{Name: control.ExecutorID(launch.Executor).String(),
		Output: os.Stderr, Level: cmp.Or(hclog.LevelFromString(os.Getenv("WEFT_LOG")), hclog.Info)})
	return executor.Run(ctx, executor.Options{
		ID: control.ExecutorID(launch.Executor), Program: pipeline.Program{}, Driver: launch.Driver,
		Identity: launch.Identity, Host: launch.Host, Dirs: launch.Dirs, Slots: launch.Slots,
		Memory: int64(launch.Resource.Memory) << 20, Cores: launch.Resource.Cores, OwnProcess: true,
		Service: executor.Service(launch.Service), Log: log,
	})
}

// executorLaunch reads what the cluster told this executor. The context ends when its driver is
// gone, where the cluster can tell.
func executorLaunch(ctx context.Context) (context.Context, containers.Launch, error) {
	if yarn.InContainer(os.Getenv) {
		launch, err := yarn.Executor(os.Getenv)
		return ctx, launch, err
	}
	launch, err := containers.FromEnv(os.Getenv)
	if err != nil {
		return ctx, launch, err
	}
	ctx, launch.Identity, err = process.Child(ctx)
	return ctx, launch, err
}

// driverMain is the life of the ApplicationMaster's process in cluster mode.
func driverMain(ctx context.Context, run Driver) error {
	credentials, err := yarn.Credentials(os.Getenv)
	if err != nil {
		return err
	}
	job, id, err := submit.ReadJob(credentials)
	if err != nil {
		return err
	}
	host := os.Getenv("NM_HOST")
	if host == "" {
		return errors.New("NM_HOST is not set: a driver of cluster mode runs in a container of YARN")
	}
	container, err := rmclient.ParseContainerID(os.Getenv("CONTAINER_ID"))
	if err != nil {
		return fmt.Errorf("driver in a container: %w", err)
	}
	a := application{args: job.Args, conf: job.Conf, started: job.Started, hadoop: job.Hadoop,
		user: job.User, spec: handoff.Spec{Timing: job.Timing},
		console: console.New(console.Options{Out: os.Stderr, Mode: console.Plain})}
	a.log = hclog.New(&hclog.LoggerOptions{Name: "driver", Level: hclog.Info, Output: a.console})
	if err := a.shareHadoop(); err != nil {
		return err
	}
	config, client, err := yarn.OfContainer(job, credentials, a.log)
	if err != nil {
		return err
	}
	defer client.Close()
	cluster, err := yarn.New(config)
	if err != nil {
		return err
	}
	return a.drive(ctx, &backend{
		name:  container.Attempt.Application.String(),
		files: fs.Resolve(a.hadoop, a.user, fs.WithLogger(a.log), fs.PlainPathsOnDefaultFS()),
		options: am.Options{Cluster: cluster, Listen: host + ":0", Identity: id,
			Attempt: int(container.Attempt.Attempt)},
	}, run)
}

// reachableHost is this machine's address as the first of the given servers sees it.
// Nothing is sent.
func reachableHost(servers []string) (string, error) {
	var errs []error
	for _, server := range servers {
		conn, err := net.Dial("udp", server)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		defer conn.Close()
		host, _, err := net.SplitHostPort(conn.LocalAddr().String())
		return host, err
	}
	return "", fmt.Errorf("find the address at which executors reach this machine: %w",
		errors.Join(errs...))
}
