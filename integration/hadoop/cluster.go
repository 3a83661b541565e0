package hadoop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// A Cluster is a running Hadoop. Options are those it was started with, all fields set.
type Cluster struct {
	Options
	Lib string // holds Hadoop's jars

	daemons []*Daemon
	mu      sync.Mutex // held while cluster.json is written
}

// startLimit bounds the wait for a cluster to serve: some twenty seconds on two idle cores.
const startLimit = 4 * time.Minute

func newCluster(o Options, lib string) *Cluster {
	c := &Cluster{Options: o, Lib: lib}
	c.add("namenode", masterHost, o.masterConf(), "512m", "hdfs.server.namenode.NameNode")
	c.add("resourcemanager", masterHost, o.masterConf(), "768m",
		"yarn.server.resourcemanager.ResourceManager")
	for i := range o.Nodes {
		n := strconv.Itoa(i)
		c.add("datanode"+n, nodeHost(i), o.nodeConf(i), "256m", "hdfs.server.datanode.DataNode")
		c.add("nodemanager"+n, nodeHost(i), o.nodeConf(i), "512m",
			"yarn.server.nodemanager.NodeManager")
	}
	return c
}

func (c *Cluster) add(name, host, conf, heap, class string) {
	c.daemons = append(c.daemons, &Daemon{
		Name: name, Host: host, cluster: c, conf: conf, heap: heap, class: "org.apache.hadoop." + class,
	})
}

// Start starts a fresh cluster in o.Dir and waits until it serves. What an earlier cluster
// left there, processes and data, is ended and wiped first. A start that fails leaves no process.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if _, err := javaBinary(); err != nil {
		return nil, err
	}
	lib, err := Jars(ctx, o.Version)
	if err != nil {
		return nil, err
	}
	c, err := start(ctx, o, lib)
	if err != nil {
		err = fmt.Errorf("start Hadoop %s in %s: %w", o.Version, o.Dir, err)
		return nil, errors.Join(err, down(context.WithoutCancel(ctx), o.Dir))
	}
	return c, nil
}

func start(ctx context.Context, o Options, lib string) (*Cluster, error) {
	if err := killAll(ctx, o.Dir); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, err
	}
	base, guard, err := claimPorts(o.PortBase, o.Nodes)
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	o.PortBase = base
	c := newCluster(o, lib)
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	return c, c.startAll(ctx)
}

// prepare makes the folders and writes the configuration.
func (c *Cluster) prepare(ctx context.Context) error {
	if err := c.writeConfig(); err != nil {
		return err
	}
	if c.ShuffleService {
		if err := c.installShuffleService(ctx); err != nil {
			return err
		}
	}
	if err := os.WriteFile(c.ExcludeFile(), nil, 0o644); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Join(c.Dir, "logs"), 0o755)
}

// startAll starts the others while the name directory is formatted: they retry until the
// NameNode serves.
func (c *Cluster) startAll(ctx context.Context) error {
	for _, d := range c.daemons {
		if d == c.NameNode() {
			continue
		}
		if err := d.Start(); err != nil {
			return err
		}
	}
	out, err := c.run(ctx, c.masterConf(), c.NameNode().class, "-format", "-nonInteractive")
	if err != nil {
		return fmt.Errorf("format the NameNode: %w: %s", err, out)
	}
	if err := c.NameNode().Start(); err != nil {
		return err
	}
	if err := c.Ready(ctx); err != nil {
		return err
	}
	return c.makeFolders(ctx)
}

// NameNode is HDFS's master.
func (c *Cluster) NameNode() *Daemon { return c.daemons[0] }

// ResourceManager is YARN's master.
func (c *Cluster) ResourceManager() *Daemon { return c.daemons[1] }

// NodeManager runs containers on node i, counted from 0.
func (c *Cluster) NodeManager(i int) *Daemon { return c.daemons[3+2*i] }

// Daemons are all daemons, masters first, then node by node.
func (c *Cluster) Daemons() []*Daemon { return c.daemons }

// Processes are all processes of the cluster, those of containers included, by process id.
func (c *Cluster) Processes() ([]Process, error) { return processes(c.Dir) }

// ConfDir is the configuration folder for clients: the value of HADOOP_CONF_DIR.
func (c *Cluster) ConfDir() string { return c.confDir() }

// Env are the variables by which clients find the cluster, in the form of os.Environ.
func (c *Cluster) Env() []string {
	return []string{"HADOOP_CONF_DIR=" + c.ConfDir(), "WEFT_HADOOP_JARS=" + c.Lib}
}

// Stop ends every process of the cluster, containers included. Data and logs stay until the
// next Start in the same folder.
func (c *Cluster) Stop(ctx context.Context) error { return down(ctx, c.Dir) }

// Down ends every process of the cluster in o.Dir, whoever started it. No cluster there
// is no error.
func Down(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	return down(ctx, o.Dir)
}

func down(ctx context.Context, dir string) error {
	if err := killAll(ctx, dir); err != nil {
		return fmt.Errorf("stop the cluster in %s: %w", dir, err)
	}
	if err := os.Remove(statePath(dir)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Up returns the cluster running in o.Dir, with daemons that had ended started again, or
// starts one. A cluster that runs with other options is an error.
func Up(ctx context.Context, o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, o.Dir+".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, err := open(o.Dir)
	if err != nil || !c.anyAlive() {
		return Start(ctx, o)
	}
	if c.Nodes != o.Nodes || c.Version != o.Version || c.ShuffleService != o.ShuffleService ||
		c.PortBase != cmp.Or(o.PortBase, c.PortBase) {
		return nil, fmt.Errorf("Hadoop %s with %d nodes from port %d, shuffle service %t, runs in %s: "+
			"run make cluster-down first", c.Version, c.Nodes, c.PortBase, c.ShuffleService, c.Dir)
	}
	for _, d := range c.daemons {
		if err := d.Start(); err != nil {
			return nil, err
		}
	}
	return c, c.Ready(ctx)
}

func (c *Cluster) anyAlive() bool {
	for _, d := range c.daemons {
		if d.Alive() {
			return true
		}
	}
	return false
}
