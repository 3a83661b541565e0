package rmclient_test

import (
	"context"
	"testing"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

var small = rmclient.Resource{MemoryMB: 512, VCores: 1}

// story is an unmanaged application on a scripted cluster, up to its registration.
type story struct {
	*testing.T
	ctx     context.Context
	cluster *rmtest.Cluster
	client  *rmclient.Client
	id      rmclient.ApplicationID
	tokens  *rmclient.NMTokens
	master  *rmclient.Master
	nodes   *rmclient.NodeManagers
}

// begin starts a cluster and registers an application on it.
func begin(t *testing.T, o rmtest.Options) *story {
	t.Helper()
	s := &story{T: t, ctx: t.Context(), cluster: rmtest.Start(t, o), tokens: &rmclient.NMTokens{}}
	s.client = must(rmclient.NewClient(s.cluster.Config()))(t)
	t.Cleanup(func() { s.client.Close() })
	s.id = s.submit(rmclient.SubmissionContext{Name: "story", Unmanaged: true})
	s.connect(s.cluster.Config())
	must(s.master.Register(s.ctx, rmclient.Registration{Host: "am", RPCPort: 7}))(t)
	return s
}

// submit submits with the next id.
func (s *story) submit(sub rmclient.SubmissionContext) rmclient.ApplicationID {
	s.Helper()
	id, _, err := s.client.NewApplication(s.ctx)
	s.ok(err)
	sub.ID = id
	s.ok(s.client.Submit(s.ctx, sub))
	return id
}

// connect makes the master and the node clients with the token from the report.
func (s *story) connect(c rmclient.Config) {
	s.Helper()
	report := must(s.client.Report(s.ctx, s.id))(s.T)
	s.master = must(rmclient.NewMaster(c, report.AMRMToken, s.tokens))(s.T)
	s.nodes = rmclient.NewNodeManagers(c, s.tokens)
	s.Cleanup(func() { s.master.Close(); s.nodes.Close() })
}

// allocate makes one heartbeat.
func (s *story) allocate(r rmclient.AllocateRequest) rmclient.AllocateResponse {
	s.Helper()
	return must(s.master.Allocate(s.ctx, r))(s.T)
}

// containers asks for n anywhere and waits for them.
func (s *story) containers(n int32) []rmclient.Container {
	s.Helper()
	got := s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{anywhere(n)}}).Allocated
	got = append(got, s.allocate(rmclient.AllocateRequest{}).Allocated...)
	if len(got) != int(n) {
		s.Fatalf("asked for %d containers, got %d", n, len(got))
	}
	return got
}

// run starts a container with a command.
func (s *story) run(c rmclient.Container, command string) {
	s.Helper()
	started := must(s.nodes.Start(s.ctx, c.Node, []rmclient.StartRequest{{Container: c,
		Launch: rmclient.LaunchContext{Command: []string{command}}}}))(s.T)
	if len(started.OK) != 1 {
		s.Fatalf("start %s: %+v", c.ID, started)
	}
}

func (s *story) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func anywhere(n int32) rmclient.Ask {
	return rmclient.Ask{Priority: 1, RequestID: 1, Place: rmclient.Anywhere, Size: small, Count: n}
}

// must unwraps a result or fails the test.
func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
