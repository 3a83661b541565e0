package hadoop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// The two files of weft's shuffle service, which make auxservice builds into serviceBin.
const (
	serviceBin     = "bin/auxservice"
	serviceJar     = "weft-shuffle-service.jar"
	serviceProgram = "weft-shuffled"
	serviceClass   = "io.github.weftdata.shuffle.WeftShuffleService"
)

// ShuffleServiceName is the name of weft's auxiliary service in every NodeManager.
const ShuffleServiceName = "weft_shuffle"

// shuffleServiceProperties are what docs/install-shuffle-service.md has an administrator write,
// but that every node listens on its own address.
func shuffleServiceProperties(o Options, i int) properties {
	const services = "yarn.nodemanager.aux-services"
	const service = services + "." + ShuffleServiceName
	return properties{
		services:               ShuffleServiceName,
		service + ".class":     serviceClass,
		service + ".classpath": filepath.Join(o.ShuffleServiceDir(), serviceJar),

		"weft.shuffle.service.host":         nodeHost(i),
		"weft.shuffle.service.port":         strconv.Itoa(o.PortBase + nodeShuffle),
		"weft.shuffle.service.metrics.port": strconv.Itoa(o.PortBase + nodeShuffleMetrics),
	}
}

// ShuffleServiceDir holds the cluster's own copy of the shuffle service: its jar and program.
func (o Options) ShuffleServiceDir() string { return filepath.Join(o.Dir, "shuffle-service") }

// ShuffleAddress is where the shuffle service of node i serves data.
func (c *Cluster) ShuffleAddress(i int) string {
	return hostPort(nodeHost(i), c.PortBase+nodeShuffle)
}

// ShuffleRecovery is where the shuffle service of node i keeps what outlives its NodeManager.
func (c *Cluster) ShuffleRecovery(i int) string {
	return filepath.Join(c.nodeDir(i), "recovery", "nm-aux-services", ShuffleServiceName)
}

// AppCache is the local directory of an application's containers on node i.
func (c *Cluster) AppCache(i int, application string) string {
	return filepath.Join(c.nodeDir(i), "local", "usercache", currentUser(), "appcache", application)
}

// ShuffleServer is the process that serves shuffle data on node i: the child of its
// NodeManager. Its Pid is 0 while there is none.
func (c *Cluster) ShuffleServer(i int) (Process, error) {
	pids, err := children(c.NodeManager(i).Pid())
	for _, pid := range pids {
		if args := arguments(pid); filepath.Base(args[0]) == serviceProgram {
			return Process{Pid: pid, Args: args}, nil
		}
	}
	return Process{}, err
}

// children are the processes that a process has started.
func children(pid int) ([]int, error) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var found []int
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has just ended
		}
		for field := range bytes.FieldsSeq(text) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				found = append(found, child)
			}
		}
	}
	return found, err
}

// BuildShuffleService has make build the shuffle service where its sources have changed, and
// returns the folder with its two files.
func BuildShuffleService(ctx context.Context) (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	unlock, err := lock(ctx, filepath.Join(root, "build", "auxservice.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	said, err := exec.CommandContext(ctx, "make", "-s", "-C", root, "auxservice").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the shuffle service: make auxservice: %w: %s", err, said)
	}
	return filepath.Join(root, serviceBin), nil
}

// installShuffleService copies its files to where the NodeManagers look for them.
func (c *Cluster) installShuffleService(ctx context.Context) error {
	built, err := BuildShuffleService(ctx)
	if err != nil {
		return err
	}
	dir := c.ShuffleServiceDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return errors.Join(
		copyFile(filepath.Join(dir, serviceJar), filepath.Join(built, serviceJar), 0o644),
		copyFile(filepath.Join(dir, serviceProgram), filepath.Join(built, serviceProgram), 0o755))
}

// copyFile copies a file to a path where there is none.
func copyFile(to, from string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
