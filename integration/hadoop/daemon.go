package hadoop

import (
	"context"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A Daemon is one JVM of a cluster: it can be stopped, killed and started again alone.
type Daemon struct {
	Name string // namenode, resourcemanager, datanode0, nodemanager0 …
	Host string // the address that it listens on and calls itself by

	cluster *Cluster
	class   string
	args    []string
	conf    string
	heap    string
	pid     int
}

// Pid is the process id of the daemon's latest start, 0 where it never started.
func (d *Daemon) Pid() int { return d.pid }

// Alive says whether the daemon's process runs.
func (d *Daemon) Alive() bool { return alive(d.pid, d.cluster.Dir) }

// LogFile holds what the daemon wrote, over all its starts.
func (d *Daemon) LogFile() string {
	return filepath.Join(d.cluster.Dir, "logs", d.Name+".log")
}

// Start starts the daemon unless it runs. It returns once the process exists; Cluster.Ready waits
// until all daemons serve.
func (d *Daemon) Start() error {
	if d.Alive() {
		return nil
	}
	java, err := javaBinary()
	if err != nil {
		return err
	}
	pid, err := spawn(d.command(java), daemonEnv(d.cluster.Options, d.conf), d.LogFile())
	if err != nil {
		return fmt.Errorf("start %s: %w", d.Name, err)
	}
	d.pid = pid
	return d.cluster.save()
}

func (d *Daemon) command(java string) []string {
	argv := append([]string{java}, javaFlags(d.heap)...)
	argv = append(argv, "-Dproc_"+d.Name, "-Dhadoop.root.logger=INFO,console",
		"-Dyarn.log.dir="+filepath.Dir(d.LogFile()), "-cp", classPath(d.conf, d.cluster.Lib), d.class)
	return append(argv, d.args...)
}

// Stop ends the daemon by SIGTERM, as an operator would, and waits until it has gone. A
// NodeManager's containers live on: recovery is on and supervised.
func (d *Daemon) Stop(ctx context.Context) error { return d.end(ctx, unix.SIGTERM) }

// Kill9 ends the daemon as a crash would and waits until it has gone.
func (d *Daemon) Kill9(ctx context.Context) error { return d.end(ctx, unix.SIGKILL) }

func (d *Daemon) end(ctx context.Context, sig unix.Signal) error {
	if err := d.signal(sig); err != nil {
		return err
	}
	err := poll(ctx, func() (bool, error) { return !d.Alive(), nil })
	if err != nil {
		return fmt.Errorf("wait for the end of %s (process %d): %w", d.Name, d.pid, err)
	}
	return nil
}

func (d *Daemon) signal(sig unix.Signal) error {
	if !d.Alive() {
		return nil
	}
	return signal(d.pid, sig)
}
