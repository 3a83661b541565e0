package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/handoff"
)

const submitLong = `Submit runs PROGRAM, a Go program that calls weft.Main, where --master says:

  local[N]    inside its own process, N tasks at once (* is one for each CPU)
  process[N]  with N executor processes on this machine
  yarn        in containers of the cluster that HADOOP_CONF_DIR describes

On yarn the driver runs here (--deploy-mode client) or in the ApplicationMaster (cluster). In
cluster mode submit waits for the end and exits as the application did; ^C, or the end of this
process, leaves the application running.

Everything after PROGRAM belongs to the program, flags too. Flags hide --conf, which hides the
properties file, which hides the environment (WEFT_EXECUTOR_MEMORY and so on).

Exit code: 0 succeeded, 1 failed or killed, 2 nothing was submitted, 130 ended by ^C; where the
driver runs here, the program's own.`

const submitExample = `  weft submit ./wordcount in out
  weft submit --master yarn --deploy-mode cluster --num-executors 10 --executor-memory 4g \
    ./wordcount hdfs:///logs/2026 hdfs:///tmp/counts`

// submission is what the flags of submit said.
type submission struct {
	conf       []string
	properties string
	detach     bool
	timing     bool
	progress   string
}

// named are the flags that stand for a key.
var named = []struct{ flag, usage, key string }{
	{"master", "local[N], process[N] or yarn", "weft.master"},
	{"deploy-mode", "where the driver runs on yarn: client or cluster", "weft.submit.deployMode"},
	{"name", "name of the application", "weft.app.name"},
	{"queue", "queue of the application", "weft.yarn.queue"},
	{"tags", "tags of the application, separated by commas", "weft.yarn.tags"},
	{"priority", "priority in its queue; a higher number goes first", "weft.yarn.priority"},
	{"lifetime", "time after which YARN ends it, such as 2h", "weft.yarn.application.lifetime"},
	{"node-label", "node label of executors", "weft.yarn.executor.nodeLabelExpression"},
	{"placement", "where executors may come, such as notin,node,weft for one on a node",
		"weft.yarn.executor.placementConstraint"},
	{"am-node-label", "node label of the driver's container", "weft.yarn.am.nodeLabelExpression"},
	{"image", "Docker image of the containers", "weft.yarn.docker.image"},
	{"mount", "SOURCE:DESTINATION[:ro] in it, separated by commas", "weft.yarn.docker.mounts"},
	{"num-executors", "number of executors", "weft.executor.instances"},
	{"executor-memory", "memory of an executor, such as 4g", "weft.executor.memory"},
	{"executor-cores", "task slots of an executor", "weft.executor.cores"},
	{"driver-memory", "memory of the driver", "weft.driver.memory"},
	{"driver-cores", "cores of the driver's container", "weft.driver.cores"},
	{"via", "how to reach the ResourceManager: rpc or rest", "weft.submit.via"},
}

func newSubmit(e Env) *cobra.Command {
	s := &submission{}
	cmd := &cobra.Command{
		Use:     "submit [flags] PROGRAM [ARGS...]",
		Short:   "Run a program here or on the cluster",
		Long:    submitLong,
		Example: submitExample,
		Args:    want(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.submit(cmd, *s, args[0], args[1:])
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // what follows PROGRAM is the program's
	f.SortFlags = false
	for _, n := range named {
		f.String(n.flag, "", n.usage+" ("+n.key+")")
	}
	f.StringArrayVar(&s.conf, "conf", nil, "KEY=VALUE, may be repeated; weft conf list has the keys")
	f.StringVar(&s.properties, "properties-file", "", "file of KEY VALUE lines, instead of "+
		"$WEFT_CONF_DIR/weft-defaults.conf")
	f.BoolVar(&s.detach, "detach", false, "cluster mode: print the application's id and return")
	f.BoolVar(&s.timing, "timing", false, "print at the end where the time went")
	f.StringVar(&s.progress, "progress", string(console.Auto), "auto, plain or off")
	completeSubmit(cmd)
	return cmd
}

// submit checks everything it can before anything happens, and then goes one of two ways.
func (e Env) submit(cmd *cobra.Command, s submission, program string, args []string) error {
	started := e.Now()
	sources, err := s.sources(cmd)
	if err != nil {
		return err
	}
	c, err := e.load(sources)
	if err != nil {
		return err
	}
	if err := errors.Join(conf.CheckAllocation(c), conf.CheckExclusion(c)); err != nil {
		return bad(err)
	}
	mode, err := console.ParseMode(s.progress)
	if err != nil {
		return badf("--progress: %w", err)
	}
	master, err := handoff.ParseMaster(conf.Master.Get(c))
	if err != nil {
		return bad(err)
	}
	onCluster, err := s.onCluster(master, c)
	if err != nil {
		return err
	}
	if onCluster {
		return e.submitCluster(cmd.Context(), s, c, program, args, started)
	}
	return e.become(c, master, handoff.Spec{
		Conf: settings(sources), PropertiesFile: sources.PropertiesFile,
		Timing: s.timing, Progress: mode, Started: started.UnixNano(),
	}, program, args)
}

// sources are the settings of the command line.
func (s submission) sources(cmd *cobra.Command) (conf.Sources, error) {
	file, err := absolute(s.properties)
	if err != nil {
		return conf.Sources{}, bad(err)
	}
	out := conf.Sources{Conf: s.conf, PropertiesFile: file, Named: map[string]string{}}
	for _, n := range named {
		if cmd.Flags().Changed(n.flag) {
			out.Named[n.key], _ = cmd.Flags().GetString(n.flag)
		}
	}
	return out, nil
}

// onCluster decides whether this process only submits, and refuses what contradicts itself.
func (s submission) onCluster(m handoff.Master, c *conf.Conf) (bool, error) {
	mode := conf.DeployMode.Get(c)
	switch {
	case m.Kind == handoff.Yarn && mode == "cluster":
		return true, nil
	case mode == "cluster":
		return false, badf("deploy mode cluster needs a cluster and the master is %s; "+
			"add --master yarn", m)
	case s.detach:
		return false, badf("--detach needs a driver on the cluster; " +
			"add --master yarn --deploy-mode cluster")
	}
	return false, nil
}

// settings are the command line's values by key, as Load has checked and ranked them.
func settings(s conf.Sources) map[string]string {
	out := map[string]string{}
	for _, pair := range s.Conf {
		key, value, _ := strings.Cut(pair, "=")
		out[strings.TrimSpace(key)] = value
	}
	for key, value := range s.Named {
		out[key] = value
	}
	return out
}

// since is the time since the submission began.
func (e Env) since(started time.Time) time.Duration { return e.Now().Sub(started) }
