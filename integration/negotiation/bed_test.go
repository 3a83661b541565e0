package negotiation

import (
	"bytes"
	"context"
	"crypto/rand"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	onyarn "github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// bed is a cluster that a test has for itself.
type bed struct {
	*testing.T
	cluster *hadoop.Cluster
	hadoop  *conf.Hadoop
	client  *rmclient.Client
	staging string
}

// startCluster starts a cluster that ends with the test.
func startCluster(t *testing.T, o hadoop.Options) *bed {
	t.Helper()
	o.Dir = t.TempDir() + "/cluster"
	cluster, err := hadoop.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	b := &bed{T: t, cluster: cluster, staging: "/tmp/weft-" + rand.Text()}
	if b.hadoop, err = conf.LoadHadoop(cluster.ConfDir()); err != nil {
		t.Fatal(err)
	}
	if b.client, err = submit.Connect(b.hadoop, b.conf(), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.client.Close() })
	return b
}

// in is the same bed in a subtest.
func (b *bed) in(t *testing.T) *bed {
	other := *b
	other.T = t
	return &other
}

func (b *bed) conf(pairs ...string) *conf.Conf {
	b.Helper()
	return testbed.Conf(b, append([]string{"weft.yarn.stagingDir=" + b.staging,
		"weft.executor.memory=192m"}, pairs...)...)
}

func (b *bed) request(pairs ...string) submit.Request {
	b.Helper()
	p, err := submit.CheckProgram(program("gated"))
	if err != nil {
		b.Fatal(err)
	}
	return submit.Request{Program: p, Conf: b.conf(pairs...), Hadoop: b.hadoop, Started: time.Now()}
}

// until looks again and again until the condition holds.
func (b *bed) until(what string, condition func() bool) {
	b.Helper()
	testbed.Until(b, what, condition)
}

// taker is an application that takes containers and starts nothing in them.
type taker struct {
	*bed
	id      rmclient.ApplicationID
	cluster *onyarn.Cluster
	events  chan containers.Event
}

func (b *bed) taker(pairs ...string) *taker {
	b.Helper()
	r := b.request(pairs...)
	attempt, err := submit.Unmanaged(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := attempt.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	a := &taker{bed: b, id: attempt.ID.Application, events: make(chan containers.Event)}
	if a.cluster, err = onyarn.New(onyarn.OfAttempt(attempt, r.Conf, nil)); err != nil {
		b.Fatal(err)
	}
	if err := a.cluster.Start(b.Context(), a.events); err != nil {
		b.Fatal(err)
	}
	return a
}

func (a *taker) want(asks ...containers.Ask) {
	a.Helper()
	if err := a.cluster.Want(a.Context(), asks); err != nil {
		a.Fatal(err)
	}
}

// given waits for n containers.
func (a *taker) given(n int) (all []containers.Container) {
	a.Helper()
	limit := time.NewTimer(testbed.Patience)
	defer limit.Stop()
	for len(all) < n {
		select {
		case e := <-a.events:
			switch e := e.(type) {
			case containers.Allocated:
				all = append(all, e.Containers...)
			case containers.Down:
				a.Fatalf("the application is over: %v", e.Err)
			}
		case <-limit.C:
			a.Fatalf("%d containers of %d came in %s", len(all), n, testbed.Patience)
		}
	}
	return all
}

func (a *taker) finish() {
	a.Helper()
	testbed.Finish(a, a.cluster, a.events, containers.Final{})
}

// job is a program under weft submit.
type job struct {
	*bed
	*testbed.Running
	output output
}

// output is what a job has said so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// submit runs program gated in client mode.
func (b *bed) submit(args ...string) *job {
	b.Helper()
	j := &job{bed: b}
	cmd := exec.Command(program("weft"), append([]string{"submit", "--master", "yarn", "--timing"},
		args...)...)
	cmd.Stdout, cmd.Stderr, cmd.Env = &j.output, &j.output, testbed.Shell(b, b.cluster)
	b.Cleanup(func() { // after Start's, which waits for the end
		if b.Failed() {
			b.Logf("%v said:\n%s", cmd.Args, &j.output)
		}
	})
	j.Running = testbed.Start(b, cmd)
	return j
}

// succeeds waits for a good end and returns what the job said.
func (j *job) succeeds() string {
	j.Helper()
	j.Ends()
	if code := j.Cmd.ProcessState.ExitCode(); code != 0 {
		j.Fatalf("exit code %d\n%s", code, &j.output)
	}
	return j.output.String()
}
