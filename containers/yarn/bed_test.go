package yarn

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bed is an unmanaged application on a scripted cluster.
type bed struct {
	*testing.T
	rm      *rmtest.Cluster
	client  *rmclient.Client
	app     rmclient.ApplicationID
	cluster *Cluster
	events  chan containers.Event
	id      *identity.Identity
	seen    []containers.Event // passed over by next
}

func newBed(t *testing.T, o rmtest.Options, pairs ...string) *bed {
	t.Helper()
	b := &bed{T: t, rm: rmtest.Start(t, o), events: make(chan containers.Event)}
	var err error
	if b.client, err = rmclient.NewClient(b.rm.Config()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.client.Close() })
	if b.id, err = identity.New(); err != nil {
		t.Fatal(err)
	}
	c, err := conf.Load(conf.Sources{Conf: pairs, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	b.cluster = b.make(Config{RM: b.rm.Config(), Conf: c, Token: b.submit(),
		Program: rmclient.LocalResource{URL: "hdfs://nn:8020/p", Size: 1, Timestamp: 1},
		Nodes:   running(b.client)})
	return b
}

func (b *bed) submit() rmclient.Token {
	b.Helper()
	id, _, err := b.client.NewApplication(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.app = id
	s := rmclient.SubmissionContext{ID: id, Queue: "default", Unmanaged: true}
	if err := b.client.Submit(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	return b.report().AMRMToken
}

func (b *bed) report() rmclient.ApplicationReport {
	b.Helper()
	r, err := b.client.Report(b.Context(), b.app)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (b *bed) make(c Config) *Cluster {
	b.Helper()
	c.Kill = func(ctx context.Context, reason string) error {
		return b.client.Kill(ctx, b.app, reason)
	}
	cluster, err := New(c)
	if err != nil {
		b.Fatal(err)
	}
	return cluster
}

// start registers the application, and sees to its end.
func (b *bed) start() *bed {
	b.Helper()
	if err := b.cluster.Start(b.Context(), b.events); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := b.finish(context.Background(), containers.Final{}); err != nil {
			b.Error(err)
		}
	})
	return b
}

// finish drains events while the cluster finishes.
func (b *bed) finish(ctx context.Context, f containers.Final) error {
	done := make(chan error, 1)
	go func() { done <- b.cluster.Finish(ctx, f) }()
	for {
		select {
		case err := <-done:
			return err
		case e := <-b.events:
			b.seen = append(b.seen, e)
		}
	}
}

func (b *bed) want(asks ...containers.Ask) {
	b.Helper()
	if err := b.cluster.Want(b.Context(), asks); err != nil {
		b.Fatal(err)
	}
}

// next waits for an event of a type and passes others over.
func next[E containers.Event](b *bed) E {
	b.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		select {
		case e := <-b.events:
			if found, ok := e.(E); ok {
				return found
			}
			b.seen = append(b.seen, e)
		case <-limit.C:
			var want E
			b.Fatalf("no %T came, but %+v", want, b.seen)
		}
	}
}

// given waits for n containers.
func (b *bed) given(n int) []containers.Container {
	b.Helper()
	var out []containers.Container
	for len(out) < n {
		out = append(out, next[containers.Allocated](b).Containers...)
	}
	if len(out) > n {
		b.Fatalf("%d containers, want %d: %v", len(out), n, out)
	}
	return out
}

func (b *bed) launch(c containers.Container, executor int32) {
	b.Helper()
	err := b.cluster.Launch(b.Context(), c.ID, containers.Launch{Executor: executor,
		Driver: "driver:1", Host: c.Host, Slots: 2, Resource: c.Resource, Identity: b.id})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bed) rmID(id containers.ID) rmclient.ContainerID {
	b.Helper()
	out, err := rmclient.ParseContainerID(string(id))
	if err != nil {
		b.Fatal(err)
	}
	return out
}

const yarnException = "org.apache.hadoop.yarn.exceptions.YarnException"

// says reports whether there is an error with such a text.
func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

func executors(count int, hosts ...containers.HostCount) containers.Ask {
	return containers.Ask{Resource: resource.Make(1024, 2), Count: count, Hosts: hosts}
}

func twoNodes() rmtest.Options {
	return rmtest.Options{Nodes: []rmtest.Node{
		{Host: "node1", Rack: "/r1"}, {Host: "node2", Rack: "/r2"},
	}}
}
