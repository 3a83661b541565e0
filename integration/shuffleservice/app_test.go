package shuffleservice

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// An app is an application whose ApplicationMaster is the test. Its containers only sleep.
type app struct {
	*testing.T
	cluster *hadoop.Cluster
	id      rmclient.ApplicationID
	secret  []byte

	client   *rmclient.Client
	nodes    *rmclient.NodeManagers
	master   *rmclient.Master
	asks     chan rmclient.Ask
	given    chan rmclient.Container
	stop     context.CancelFunc
	stopped  chan struct{}
	finished bool
	shared   string // holds what containers tell the test
}

// startApp registers an application whose secret is all n.
func startApp(t *testing.T, c *hadoop.Cluster, n byte) *app {
	t.Helper()
	a := &app{T: t, cluster: c, secret: secretOf(n), asks: make(chan rmclient.Ask),
		given: make(chan rmclient.Container), stopped: make(chan struct{}), shared: t.TempDir()}
	h, err := conf.LoadHadoop(c.ConfDir())
	if err != nil {
		t.Fatal(err)
	}
	user, err := conf.User(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	config, err := submit.RMConfig(h, testbed.Conf(t), user, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.client, err = rmclient.NewClient(config); err != nil {
		t.Fatal(err)
	}
	tokens := &rmclient.NMTokens{}
	a.nodes = rmclient.NewNodeManagers(config, tokens)
	if a.master, err = rmclient.NewMaster(config, a.submit(), tokens); err != nil {
		t.Fatal(err)
	}
	if _, err = a.master.Register(t.Context(), rmclient.Registration{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	a.stop = stop
	go a.beat(ctx)
	t.Cleanup(a.close)
	return a
}

func secretOf(n byte) []byte {
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = n
	}
	return secret
}

// submit returns the token to register with.
func (a *app) submit() rmclient.Token {
	a.Helper()
	var err error
	if a.id, _, err = a.client.NewApplication(a.Context()); err != nil {
		a.Fatal(err)
	}
	err = a.client.Submit(a.Context(), rmclient.SubmissionContext{ID: a.id, Name: a.Name(),
		Type: "TEST", Unmanaged: true, MaxAttempts: 1, Resource: small})
	if err != nil {
		a.Fatal(err)
	}
	var token rmclient.Token
	testbed.Until(a.T, "the ResourceManager makes a token", func() bool {
		report, err := a.client.Report(a.Context(), a.id)
		if err != nil || report.State.Ended() {
			a.Fatalf("%s: %+v, %v", a.id, report, err)
		}
		token = report.AMRMToken
		return !token.IsZero()
	})
	return token
}

var small = rmclient.Resource{MemoryMB: 256, VCores: 1}

// beat keeps the application alive and passes asks and containers on.
func (a *app) beat(ctx context.Context) {
	defer close(a.stopped)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var request rmclient.AllocateRequest
	for {
		select {
		case <-ctx.Done():
			return
		case ask := <-a.asks:
			request.Asks = append(request.Asks, ask)
		case <-tick.C:
			answer, err := a.master.Allocate(ctx, request)
			if err != nil {
				continue // a NodeManager or the test is going down; the next tick tells
			}
			request = rmclient.AllocateRequest{}
			for _, c := range answer.Allocated {
				select {
				case a.given <- c:
				case <-ctx.Done():
				}
			}
		}
	}
}

// A sleeper is a container of an app.
type sleeper struct {
	node
	container rmclient.Container
	services  map[string][]byte // what the NodeManager said of its services
	env       map[string]string // what the container finds in its environment
}

// run starts a container on some node, with data for the shuffle service.
func (a *app) run() *sleeper {
	a.Helper()
	return a.runWith(map[string][]byte{hadoop.ShuffleServiceName: append([]byte{1}, a.secret...)})
}

func (a *app) runWith(data map[string][]byte) *sleeper {
	a.Helper()
	a.asks <- rmclient.Ask{Place: rmclient.Anywhere, Size: small, Count: 1}
	c := <-a.given
	file := filepath.Join(a.shared, c.ID.String())
	started, err := a.nodes.Start(a.Context(), c.Node, []rmclient.StartRequest{{Container: c,
		Launch: rmclient.LaunchContext{ServiceData: data, Command: []string{
			"env > " + file + ".new; mv " + file + ".new " + file + "; exec sleep 600"}}}})
	if err != nil || len(started.OK) != 1 {
		a.Fatalf("start %s: %+v, %v", c.ID, started, err)
	}
	s := &sleeper{node: a.on(c), container: c, services: started.Services}
	testbed.Until(a.T, c.ID.String()+" runs", func() bool { s.env = environment(file); return s.env != nil })
	return s
}

// on finds the node of a container.
func (a *app) on(c rmclient.Container) node {
	a.Helper()
	for i := range a.cluster.Nodes {
		if a.cluster.NodeManager(i).Host == c.Node.Host {
			return node{a.T, a.cluster, i}
		}
	}
	a.Fatalf("no node is %s", c.Node)
	return node{}
}

func environment(file string) map[string]string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	env := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		env[name] = value
	}
	return env
}

// alive says whether the container's process runs.
func (s *sleeper) alive() bool {
	s.Helper()
	all, err := s.cluster.Processes()
	if err != nil {
		s.Fatal(err)
	}
	for _, p := range all {
		if p.Container == s.container.ID.String() {
			return true
		}
	}
	return false
}

// end stops the container as an ApplicationMaster would.
func (a *app) end(s *sleeper) {
	a.Helper()
	ids := []rmclient.ContainerID{s.container.ID}
	if _, err := a.nodes.Stop(a.Context(), s.container.Node, ids); err != nil {
		a.Fatal(err)
	}
	testbed.Until(a.T, s.container.ID.String()+" has ended", func() bool { return !s.alive() })
}

// finish ends the application.
func (a *app) finish() {
	a.Helper()
	a.finished = true
	a.stop()
	<-a.stopped
	err := a.master.Finish(context.WithoutCancel(a.Context()),
		rmclient.Finish{Status: rmclient.Succeeded})
	if err := errors.Join(err, a.master.Close(), a.nodes.Close(), a.client.Close()); err != nil {
		a.Error(err)
	}
}

func (a *app) close() {
	if !a.finished {
		a.finish()
	}
}
