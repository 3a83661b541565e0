// Package process is a cluster of processes on this machine (master process[N]): every executor is
// a process of its own, started from the same binary, that can crash or be killed without the
// driver. It is YARN's way of working without YARN.
//
//	driver ─ environment: Launch.Env ─────▶ executor
//	       ─ descriptor 3: the identity ──▶  (read to its end, then closed)
//	       ─ standard input: nothing ─────▶  (its end means that the driver is gone)
//	       ◀─ standard output and error ──  (to the log, the last lines to Diagnostics)
//
// An executor leads a process group, and stopping it stops what it started. It must not outlive
// its driver: the parent-death signal of Linux is tied to the thread that forked, which Go may end
// at any time, so the end of standard input tells it instead (Child).
package process

import (
	"io"
	"os"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/containers/internal/single"
)

// Options say which program executors run.
type Options struct {
	// Path is the program; "" is the running one. Args are its arguments, without its name.
	Path string
	Args []string
	// Env are variables for executors, "NAME=value", besides the few that every process gets.
	Env []string
	// Host is the address of this machine in containers; "" is 127.0.0.1.
	Host string
	// Dirs are where a directory for shuffle files is made; nil: the system's temporary one.
	Dirs []string
	// Output takes what executors print; nil: nobody.
	Output io.Writer
	Log    hclog.Logger // nil: none
}

// name is the beginning of container ids and of the directory's name.
const name = "process"

// Cluster is a containers.Cluster of processes.
type Cluster struct{ *single.Cluster }

// New returns a Cluster that was not started. It fails where the running program's path cannot be
// found out.
func New(o Options) (*Cluster, error) {
	if o.Path == "" {
		path, err := os.Executable()
		if err != nil {
			return nil, err
		}
		o.Path = path
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
	return &Cluster{single.New(single.Options{
		Name: name, Host: o.Host, Starter: &starter{o}, Dirs: o.Dirs, Log: o.Log,
	})}, nil
}
