package rmclient_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// A managed application: the ResourceManager starts the AM with the token in its credentials, and
// the AM registers, runs a container and finishes.
func TestManagedApplication(t *testing.T) {
	var cluster *rmtest.Cluster
	ready := make(chan struct{})
	run := func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
		if !l.Master {
			return rmclient.ExitStatus(len(l.Command))
		}
		<-ready
		return managedMaster(ctx, t, cluster.Config(), l)
	}
	cluster = rmtest.Start(t, rmtest.Options{Run: run})
	close(ready)
	client := must(rmclient.NewClient(cluster.Config()))(t)
	defer client.Close()
	id, largest, err := client.NewApplication(t.Context())
	if err != nil || largest.MemoryMB != 8192 {
		t.Fatalf("NewApplication: %v, %v", largest, err)
	}
	err = client.Submit(
		t.Context(),
		rmclient.SubmissionContext{ID: id, Name: "managed", Type: "WEFT",
			Tags: []string{"nightly"}, Resource: small,
			AM: rmclient.LaunchContext{
				Command:     []string{"am"},
				Environment: map[string]string{"K": "v"},
			}},
	)
	if err != nil {
		t.Fatal(err)
	}
	cluster.Wait(t, "the application to finish", func() bool {
		return must(client.Report(t.Context(), id))(t).State.Ended()
	})
	report := must(client.Report(t.Context(), id))(t)
	if report.State != rmclient.Finished || report.Final != rmclient.Succeeded ||
		report.Diagnostics != "well" {
		t.Errorf("ended %s %s %q", report.State, report.Final, report.Diagnostics)
	}
	listed := must(
		client.Applications(
			t.Context(),
			rmclient.Filter{Types: []string{"WEFT"}, Tags: []string{"nightly"}},
		),
	)(
		t,
	)
	if len(listed) != 1 || listed[0].ID != id {
		t.Errorf("listed %v", listed)
	}
}

// managedMaster is the AM's process.
func managedMaster(
	ctx context.Context,
	t *testing.T,
	c rmclient.Config,
	l rmtest.Launch,
) rmclient.ExitStatus {
	token, ok := l.Credentials.Token(rmclient.AMRMTokenKind)
	if !ok || l.Environment["K"] != "v" {
		t.Errorf("the AM was started with %v, %v", l.Credentials, l.Environment)
		return 1
	}
	tokens := &rmclient.NMTokens{}
	master := must(rmclient.NewMaster(c, token, tokens))(t)
	defer master.Close()
	nodes := rmclient.NewNodeManagers(c, tokens)
	defer nodes.Close()
	if _, err := master.Register(ctx, rmclient.Registration{Host: "here"}); err != nil {
		t.Error(err)
		return 1
	}
	request := rmclient.AllocateRequest{Asks: []rmclient.Ask{anywhere(1)}}
	for ctx.Err() == nil {
		response, err := master.Allocate(ctx, request)
		if err != nil {
			t.Error(err)
			return 1
		}
		request = rmclient.AllocateRequest{}
		for _, k := range response.Allocated {
			nodes.Start(ctx, k.Node, []rmclient.StartRequest{{Container: k,
				Launch: rmclient.LaunchContext{Command: []string{"three", "words", "long"}}}})
		}
		for _, status := range response.Completed {
			if status.Exit != 3 {
				t.Errorf("container ended with %s", status.Exit)
			}
			if err := master.Finish(ctx, rmclient.Finish{Status: rmclient.Succeeded, Diagnostics: "well"}); err != nil {
				t.Error(err)
			}
			return 0
		}
	}
	return 143
}

func TestRefusedSubmissions(t *testing.T) {
	cluster := rmtest.Start(t, rmtest.Options{})
	client := must(rmclient.NewClient(cluster.Config()))(t)
	defer client.Close()
	for _, test := range []struct {
		name string
		give rmclient.SubmissionContext
		want []error
		text string
	}{
		{"unknown queue", rmclient.SubmissionContext{Queue: "nope", Unmanaged: true},
			[]error{rmclient.ErrRejected, rmclient.ErrQueue}, "unknown queue: nope"},
		{"too much memory", rmclient.SubmissionContext{Resource: rmclient.Resource{MemoryMB: 1 << 20},
			AM: rmclient.LaunchContext{Command: []string{"am"}}},
			[]error{rmclient.ErrInvalidRequest}, "InvalidResourceRequestException"},
		{"no command", rmclient.SubmissionContext{Resource: small}, []error{rmclient.ErrInvalidRequest}, "no command"},
		{"no memory", rmclient.SubmissionContext{}, []error{rmclient.ErrInvalidRequest}, "no memory"},
		{"odd tag", rmclient.SubmissionContext{Unmanaged: true, Tags: []string{"täg"}},
			[]error{rmclient.ErrInvalidRequest}, "ASCII"},
		{"resource without URL", rmclient.SubmissionContext{Resource: small, AM: rmclient.LaunchContext{
			Command: []string{"am"}, LocalResources: map[string]rmclient.LocalResource{"x": {URL: "nowhere"}}}},
			nil, "local resource x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			id, _, err := client.NewApplication(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			test.give.ID = id
			err = client.Submit(t.Context(), test.give)
			if err == nil || !strings.Contains(err.Error(), test.text) {
				t.Fatalf("error = %v, want %q in it", err, test.text)
			}
			for _, want := range test.want {
				if !errors.Is(err, want) {
					t.Errorf("%v is not %v", err, want)
				}
			}
		})
	}
	if err := client.Submit(t.Context(), rmclient.SubmissionContext{}); !errors.Is(
		err,
		rmclient.ErrInvalidRequest,
	) {
		t.Errorf("without an id: %v", err)
	}
}

func TestKill(t *testing.T) {
	s := begin(t, rmtest.Options{})
	c := s.containers(1)[0]
	s.run(c, "sleep")
	s.ok(s.client.Kill(s.ctx, s.id, "enough"))
	report := must(s.client.Report(s.ctx, s.id))(t)
	if report.State != rmclient.Killed || report.Diagnostics != "enough" {
		t.Errorf("report %s %q", report.State, report.Diagnostics)
	}
	if _, err := s.master.Allocate(s.ctx, rmclient.AllocateRequest{}); !errors.Is(
		err,
		rmclient.ErrFenced,
	) {
		t.Errorf("heartbeat of a killed application: %v, want ErrFenced", err)
	}
}

func TestClusterQuestions(t *testing.T) {
	cluster := rmtest.Start(
		t,
		rmtest.Options{ResourceTypes: []string{"yarn.io/gpu"}, Nodes: []rmtest.Node{
			{Host: "b", Rack: "/r1", Size: rmclient.Resource{MemoryMB: 1024, VCores: 2,
				Extra: map[string]int64{"yarn.io/gpu": 4}}}, {Host: "a"}}},
	)
	client := must(rmclient.NewClient(cluster.Config()))(t)
	defer client.Close()
	nodes := must(client.Nodes(t.Context(), rmclient.NodeRunning))(t)
	if len(nodes) != 2 || nodes[0].ID.Host != "a" || nodes[1].Rack != "/r1" ||
		nodes[1].Capability.Extra["yarn.io/gpu"] != 4 {
		t.Errorf("nodes %+v", nodes)
	}
	if m := must(client.ClusterMetrics(t.Context()))(t); m.Nodes != 2 || m.Active != 2 {
		t.Errorf("metrics %+v", m)
	}
	types := must(client.ResourceTypes(t.Context()))(t)
	want := []rmclient.ResourceType{
		{Name: "memory-mb", Units: "Mi"},
		{Name: "vcores"},
		{Name: "yarn.io/gpu"},
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	if q := must(client.QueueInfo(t.Context(), "root"))(t); len(q.Children) != 1 ||
		!q.Children[0].Running {
		t.Errorf("queue %+v", q)
	}
	if _, err := client.QueueInfo(t.Context(), "nope"); !errors.Is(err, rmclient.ErrNotFound) {
		t.Errorf("unknown queue: %v", err)
	}
	if _, err := client.Report(t.Context(), rmclient.ApplicationID{ID: 9}); !errors.Is(
		err,
		rmclient.ErrNotFound,
	) {
		t.Errorf("unknown application: %v", err)
	}
}

// A ResourceManager that is not there is named, with how long it was tried.
func TestUnreachable(t *testing.T) {
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	address := l.Addr().String()
	l.Close()
	client := must(rmclient.NewClient(rmclient.Config{ClientAddresses: []string{address},
		RetryBase: time.Millisecond, RetryFor: 20 * time.Millisecond}))(t)
	defer client.Close()
	_, err := client.ClusterMetrics(t.Context())
	if !errors.Is(err, rmclient.ErrUnreachable) || !strings.Contains(err.Error(), address) ||
		!strings.Contains(err.Error(), "refused") {
		t.Errorf("error = %v", err)
	}
	if _, err := rmclient.NewClient(rmclient.Config{ClientAddresses: []string{"no-port"}}); err == nil {
		t.Error("an address without a port was taken")
	}
}

// A cancelled context ends a call although the daemon never answers.
func TestCancelledCallReturns(t *testing.T) {
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer l.Close()
	client := must(
		rmclient.NewClient(rmclient.Config{ClientAddresses: []string{l.Addr().String()}}),
	)(
		t,
	)
	defer client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err == nil {
			defer conn.Close()
			conn.Read(make([]byte, 1))
		}
		cancel()
	}()
	if _, err := client.ClusterMetrics(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want Canceled", err)
	}
}
