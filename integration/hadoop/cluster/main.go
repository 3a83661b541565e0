// Command cluster starts and stops a real Hadoop on this machine, for trying weft out by hand:
//
//	cluster up [-nodes 2] [-shuffle-service=false]
//	                        start it, or start again what has ended of it; prints its environment
//	cluster status          the daemons with their process ids, and the NodeManagers' states
//	cluster env             print the exports by which clients find it
//	cluster down            end every process of it
//	cluster jars            fetch the jars of HADOOP_VERSION and print their folder
//
// make cluster-up, cluster-env and cluster-down call it. Package hadoop says what is started.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/weft-data/weft/integration/hadoop"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("want one of up, status, env, down, jars")
	}
	var o hadoop.Options
	flags := flag.NewFlagSet("cluster "+args[0], flag.ContinueOnError)
	flags.IntVar(&o.Nodes, "nodes", 2, "DataNode and NodeManager pairs")
	flags.StringVar(&o.Dir, "dir", "", "folder of the cluster (default build/cluster)")
	flags.StringVar(&o.Version, "version", "", "Hadoop release (default "+hadoop.DefaultVersion+")")
	flags.BoolVar(&o.ShuffleService, "shuffle-service", true, "every NodeManager runs weft's")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "up":
		return up(ctx, o)
	case "status":
		return status(ctx, o)
	case "env":
		return env(o)
	case "down":
		return hadoop.Down(ctx, o)
	case "jars":
		return jars(ctx, o)
	}
	return fmt.Errorf("unknown command %s: want one of up, status, env, down, jars", args[0])
}

func up(ctx context.Context, o hadoop.Options) error {
	c, err := hadoop.Up(ctx, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Hadoop %s runs: %d nodes, web page of YARN: %s\n",
		c.Version, c.Nodes, c.WebAddress())
	return export(c)
}

func jars(ctx context.Context, o hadoop.Options) error {
	lib, err := hadoop.Jars(ctx, cmp.Or(o.Version, os.Getenv("HADOOP_VERSION"), hadoop.DefaultVersion))
	if err != nil {
		return err
	}
	fmt.Println(lib)
	return nil
}

func env(o hadoop.Options) error {
	c, err := hadoop.Open(o)
	if err != nil {
		return err
	}
	return export(c)
}

// export prints the cluster's environment for a shell to eval.
func export(c *hadoop.Cluster) error {
	for _, variable := range c.Env() {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Printf("export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	return nil
}

func status(ctx context.Context, o hadoop.Options) error {
	c, err := hadoop.Open(o)
	if err != nil {
		return err
	}
	for _, d := range c.Daemons() {
		state := "ended"
		if d.Alive() {
			state = "runs"
		}
		fmt.Printf("%-16s %-12s pid %-7d %-6s %s\n", d.Name, d.Host, d.Pid(), state, d.LogFile())
	}
	nodes, err := c.NodeReports(ctx)
	for _, n := range nodes {
		fmt.Printf("node %-18s %-10s %d containers, %d MB used, %d MB free\n",
			n.ID, n.State, n.Containers, n.UsedMB, n.FreeMB)
	}
	return err
}
