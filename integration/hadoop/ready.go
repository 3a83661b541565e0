package hadoop

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Ready waits until the NameNode has left safe mode and knows every DataNode, and the
// ResourceManager says RUNNING of every NodeManager. A daemon that ends meanwhile is an error
// with the end of its log.
func (c *Cluster) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit,
		fmt.Errorf("not ready after %s: see %s/logs", startLimit, c.Dir))
	defer cancel()
	missing := "daemons started"
	err := poll(ctx, func() (bool, error) {
		if err := c.allAlive(); err != nil {
			return false, err
		}
		missing = c.missing(ctx)
		return missing == "", nil
	})
	if err != nil {
		return fmt.Errorf("%w (last seen: %s)", err, missing)
	}
	return nil
}

func (c *Cluster) allAlive() error {
	for _, d := range c.daemons {
		if !d.Alive() {
			return fmt.Errorf("%s ended; its log ends with:\n%s", d.Name, lastLines(d.LogFile()))
		}
	}
	return nil
}

// missing says what the cluster lacks, or nothing when it serves.
func (c *Cluster) missing(ctx context.Context) string {
	hdfs, err := c.hdfsState(ctx)
	if err != nil {
		return "NameNode: " + err.Error()
	}
	if hdfs.State != "Operational" || hdfs.LiveDataNodes < c.Nodes {
		return fmt.Sprintf("NameNode is %s with %d of %d DataNodes",
			hdfs.State, hdfs.LiveDataNodes, c.Nodes)
	}
	nodes, err := c.NodeReports(ctx, Running)
	if err != nil {
		return "ResourceManager: " + err.Error()
	}
	if len(nodes) < c.Nodes {
		return fmt.Sprintf("%d of %d NodeManagers are RUNNING", len(nodes), c.Nodes)
	}
	return ""
}

// makeFolders makes the folders that an administrator makes on a new cluster.
func (c *Cluster) makeFolders(ctx context.Context) error {
	for _, folder := range []struct{ path, mode string }{
		{"/tmp", "1777"}, {"/tmp/logs", "1777"}, {"/user", "755"}, {"/user/" + currentUser(), "700"},
	} {
		query := url.Values{"op": {"MKDIRS"}, "permission": {folder.mode}, "user.name": {currentUser()}}
		address := c.url(nameNodeHTTP, "/webhdfs/v1"+folder.path, query)
		var done struct{ Boolean bool }
		if err := call(ctx, http.MethodPut, address, &done); err != nil || !done.Boolean {
			return fmt.Errorf("make %s in HDFS: done=%t: %w", folder.path, done.Boolean, err)
		}
	}
	return nil
}
