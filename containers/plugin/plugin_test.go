package plugin_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/containers/plugin"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/resource"
)

// TestMain is also the plugin that the tests start, and the executors that it starts.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(containers.EnvRole) == containers.RoleExecutor:
		os.Exit(containerstest.Play(containerstest.Behaviour(os.Getenv("TEST_BEHAVIOUR"))))
	case os.Getenv("WEFT_CLUSTER_PLUGIN") != "":
		if err := plugin.Serve(processes); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// processes is the cluster behind the plugin.
func processes(a plugin.Application) (containers.Cluster, error) {
	if why := a.Settings["refuse"]; why != "" {
		return nil, errors.New(why)
	}
	a.Log.Info("the plugin runs", "pid", os.Getpid())
	c, err := process.New(process.Options{
		Path: a.Program, Args: a.Args, Dirs: []string{a.Settings["dir"]}, Output: os.Stderr,
		Env: []string{"TEST_BEHAVIOUR=" + a.Settings["behaviour"]}, Log: a.Log,
	})
	if hosts := a.Settings["hosts"]; hosts != "" {
		return &site{Cluster: c, hosts: strings.Split(hosts, ",")}, err
	}
	return c, err
}

// output collects what a plugin's executors print and tells who waits for a word.
type output struct {
	sync.Mutex
	bytes.Buffer
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return o.Buffer.Write(p)
}

// pid waits for the word after "pid" of an executor.
func (o *output) pid(t *testing.T) int {
	for range o.changed {
		o.Lock()
		line := o.String()
		o.Unlock()
		if _, rest, ok := strings.Cut(line, "pid "); ok && strings.Contains(rest, "identity") {
			pid, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	return 0
}

func cluster(t *testing.T, out *output, settings map[string]string) *plugin.Cluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	settings["dir"] = t.TempDir()
	o := plugin.Options{Name: "test", Path: self,
		Application: plugin.Application{Program: self, Settings: settings}}
	if out != nil {
		o.Output = out
	}
	c, err := plugin.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClusterKeepsTheContract(t *testing.T) {
	containerstest.Run(t, containerstest.System{
		Resource: resource.Make(256, 1), TooLarge: resource.Make(siteLimit+1, 1),
		Hosts: []string{"one", "two"},
		New: func(t *testing.T, b containerstest.Behaviour) containers.Cluster {
			return cluster(t, nil, map[string]string{"behaviour": string(b), "hosts": "one,two"})
		},
	})
}

func TestPluginSaysWhatItsClusterCannotDo(t *testing.T) {
	c := cluster(t, nil, map[string]string{})
	if err := c.Start(t.Context(), make(chan containers.Event)); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"Check": c.Check(t.Context(), resource.Make(256, 1)),
		"Avoid": c.Avoid(t.Context(), []string{"host"}),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want %v", what, err, errors.ErrUnsupported)
		}
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}

func TestRefusalComesWithItsReason(t *testing.T) {
	c := cluster(t, nil, map[string]string{"hosts": "one"})
	if err := c.Start(t.Context(), make(chan containers.Event)); err != nil {
		t.Fatal(err)
	}
	err := c.Check(t.Context(), resource.Make(siteLimit+1, 1))
	if err == nil || !strings.Contains(err.Error(), "the site gives 4096 MB at most") {
		t.Error(err)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}

func TestPluginThatCannotStartSaysWhy(t *testing.T) {
	c := cluster(t, nil, map[string]string{"refuse": "no quota is left for you"})
	err := c.Start(t.Context(), make(chan containers.Event))
	if err == nil || !strings.Contains(err.Error(), "no quota is left for you") {
		t.Errorf("got %v", err)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}

func TestProgramThatIsNoPluginIsRefused(t *testing.T) {
	c, err := plugin.New(plugin.Options{Path: "/bin/true"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context(), make(chan containers.Event)); err == nil ||
		!strings.Contains(err.Error(), "/bin/true") {
		t.Errorf("got %v", err)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Error(err)
	}
}

func TestPluginIsFoundByNameOnly(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range []string{"", "..", "../../bin/sh", "a b", "none"} {
		if _, err := plugin.Find(name); !errors.Is(err, plugin.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A plugin that dies takes its executors with it, and the driver is told once.
func TestKilledPluginIsReported(t *testing.T) {
	out := newOutput()
	c := cluster(t, out, map[string]string{"behaviour": string(containerstest.Wait)})
	events := make(chan containers.Event, 10)
	if err := c.Start(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	containerstest.LaunchOne(t, c, events)
	executor := out.pid(t)
	parent := parentOf(t, executor)
	if err := syscall.Kill(parent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	down, ok := (<-events).(containers.Down)
	if !ok || !strings.Contains(down.Err.Error(), "is gone") {
		t.Errorf("got %v", down)
	}
	if err := c.Finish(t.Context(), containers.Final{}); err == nil {
		t.Error("Finish reached a plugin that is dead")
	}
	select {
	case e := <-events:
		t.Errorf("%T after Down", e)
	default:
	}
}
