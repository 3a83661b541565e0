package hadoop

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// DefaultVersion is the Hadoop release started when neither Options nor HADOOP_VERSION name one.
const DefaultVersion = "3.5.0"

// Options describe a cluster. The zero value is two nodes of the default Hadoop version below
// build/cluster of the repository, on the first free block of ports.
type Options struct {
	Nodes        int    // DataNode and NodeManager pairs; 2 if zero
	Dir          string // holds all that the cluster writes; wiped by Start; build/cluster if empty
	Version      string // of Hadoop; HADOOP_VERSION or DefaultVersion if empty
	PortBase     int    // first of 100 ports; WEFT_TEST_PORT_BASE or a free block if zero
	NodeMemoryMB int    // each NodeManager offers this much; 6144 if zero
	NodeVcores   int    // and so many cores; 8 if zero

	// ShuffleService has every NodeManager run weft's shuffle service, built from this repository.
	ShuffleService bool

	// Properties are written last into every *-site.xml and into capacity-scheduler.xml of all
	// daemons and clients, and so override what this package chose.
	Properties map[string]string
}

// withDefaults returns o with every field set, or what is wrong with it.
func (o Options) withDefaults() (Options, error) {
	o.Nodes = cmp.Or(o.Nodes, 2)
	o.Version = cmp.Or(o.Version, os.Getenv("HADOOP_VERSION"), DefaultVersion)
	o.NodeMemoryMB = cmp.Or(o.NodeMemoryMB, 6144)
	o.NodeVcores = cmp.Or(o.NodeVcores, 8)
	if o.Nodes < 1 || o.Nodes > maxNodes {
		return o, fmt.Errorf("start cluster: %d nodes: choose 1 to %d", o.Nodes, maxNodes)
	}
	if err := o.setDir(); err != nil {
		return o, err
	}
	return o, o.setPortBase()
}

func (o *Options) setDir() error {
	if o.Dir == "" {
		root, err := repositoryRoot()
		if err != nil {
			return err
		}
		o.Dir = filepath.Join(root, "build", "cluster")
	}
	dir, err := filepath.Abs(o.Dir)
	o.Dir = dir
	return err
}

func (o *Options) setPortBase() error {
	named := os.Getenv("WEFT_TEST_PORT_BASE")
	if o.PortBase != 0 || named == "" {
		return nil
	}
	base, err := strconv.Atoi(named)
	if err != nil || base < 1024 || base+blockSize > ephemeralStart {
		return fmt.Errorf("WEFT_TEST_PORT_BASE=%s: want a port between 1024 and %d",
			named, ephemeralStart-blockSize)
	}
	o.PortBase = base
	return nil
}

// repositoryRoot is the nearest folder above the working directory that holds both go.mod and
// this package: tests run in their package's folder, make in the root.
func repositoryRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, pomPath)); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find %s above %s: run inside weft's repository", pomPath, here)
		}
	}
}
