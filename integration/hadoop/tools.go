package hadoop

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// HDFS runs a command of Hadoop's own file system shell, such as HDFS(ctx, "-ls", "/tmp"),
// and returns what it printed: a second opinion on what weft wrote. It takes a JVM's
// start, two seconds.
func (c *Cluster) HDFS(ctx context.Context, args ...string) (string, error) {
	return c.Run(ctx, "org.apache.hadoop.fs.FsShell", args...)
}

// MapReduce runs a program of Hadoop's examples (wordcount, sort, pi …) over paths in HDFS.
// It runs in one JVM without containers: an independent oracle for weft's output.
func (c *Cluster) MapReduce(ctx context.Context, program string, args ...string) (string, error) {
	return c.Run(ctx, "org.apache.hadoop.examples.ExampleDriver",
		append([]string{program}, args...)...)
}

// Admin runs a command of `yarn rmadmin`, such as Admin(ctx, "-refreshNodes").
func (c *Cluster) Admin(ctx context.Context, args ...string) (string, error) {
	return c.Run(ctx, "org.apache.hadoop.yarn.client.cli.RMAdminCLI", args...)
}

// Run runs the main class of a Hadoop client with the cluster's configuration and returns its
// standard output. What it wrote to standard error is part of the error.
func (c *Cluster) Run(ctx context.Context, class string, args ...string) (string, error) {
	return c.run(ctx, c.ConfDir(), class, args...)
}

func (c *Cluster) run(ctx context.Context, conf, class string, args ...string) (string, error) {
	java, err := javaBinary()
	if err != nil {
		return "", err
	}
	argv := append(javaFlags("768m"), "-cp", classPath(conf, c.Lib), class)
	cmd := exec.CommandContext(ctx, java, append(argv, args...)...)
	cmd.Env = daemonEnv(c.Options, conf)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		name := strings.TrimPrefix(filepath.Ext(class), ".")
		err = cmp.Or(context.Cause(ctx), err)
		return out.String(), fmt.Errorf("run %s %s: %w: %s",
			name, strings.Join(args, " "), err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}
