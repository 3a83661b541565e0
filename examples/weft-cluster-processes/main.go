// Command weft-cluster-processes is a cluster plugin, the smallest one that is of use: its
// containers are processes of the machine it runs on. Where a site's own cluster manager hands out
// machines, its plugin does the same with that manager's client in the place of package process.
//
//	PATH=$PWD/bin/examples:$PATH weft submit --master plugin:processes PROGRAM
//
// See docs/cluster-plugins.md.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin"
	"github.com/weft-data/weft/containers/process"
)

func main() {
	if err := plugin.Serve(open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// open makes the cluster of one application. Executors inherit no environment but what they need.
func open(a plugin.Application) (containers.Cluster, error) {
	var dirs []string
	if list := a.Settings["weft.local.dir"]; list != "" {
		dirs = strings.Split(list, ",")
	}
	return process.New(process.Options{
		Path: a.Program, Args: a.Args, Dirs: dirs, Output: os.Stderr, Log: a.Log,
	})
}
