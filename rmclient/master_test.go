package rmclient_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// The same life under each protection of the connections.
func TestLifeUnderEveryProtection(t *testing.T) {
	for _, qop := range []rmclient.QOP{rmclient.Authentication, rmclient.Integrity, rmclient.Privacy} {
		t.Run(string(qop), func(t *testing.T) {
			s := begin(
				t,
				rmtest.Options{
					QOP: []rmclient.QOP{qop},
					Run: func(context.Context, rmtest.Launch) rmclient.ExitStatus {
						return 7
					},
				},
			)
			c := s.containers(1)[0]
			s.run(c, "exit 7")
			var done []rmclient.ContainerStatus
			s.cluster.Wait(t, "the container's exit", func() bool {
				done = append(done, s.allocate(rmclient.AllocateRequest{}).Completed...)
				return len(done) > 0
			})
			if done[0].ID != c.ID || done[0].Exit != 7 {
				t.Errorf("completed %+v", done)
			}
			s.ok(s.master.Finish(s.ctx, rmclient.Finish{Status: rmclient.Succeeded}))
		})
	}
}

func TestHostAsksAreServedOnTheirHost(t *testing.T) {
	s := begin(
		t,
		rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}, {Host: "b"}, {Host: "c", Rack: "/far"}}},
	)
	ask := func(place string) rmclient.Ask {
		return rmclient.Ask{Priority: 2, RequestID: 5, Place: place, Size: small, Count: 2}
	}
	s.allocate(
		rmclient.AllocateRequest{
			Asks: []rmclient.Ask{ask("c"), ask("/far"), ask(rmclient.Anywhere)},
		},
	)
	got := s.allocate(rmclient.AllocateRequest{}).Allocated
	if len(got) != 2 || got[0].Node.Host != "c" || got[1].Node.Host != "c" ||
		got[0].RequestID != 5 {
		t.Errorf("allocated %+v", got)
	}
	if asks := s.cluster.Asks(s.id); len(asks) != 0 {
		t.Errorf("asks left: %+v", asks)
	}
}

// A lost answer is asked for again, and what it held is not lost: neither the containers of the
// first request nor the asks of the second.
func TestLostAnswer(t *testing.T) {
	s := begin(t, rmtest.Options{})
	s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{anywhere(2)}})
	s.cluster.LoseAnswer("allocate")
	got := s.allocate(rmclient.AllocateRequest{}).Allocated
	if len(got) != 2 {
		t.Fatalf("allocated %d, want 2", len(got))
	}
	if n := s.cluster.Calls("allocate"); n != 3 {
		t.Errorf("%d calls, want 3: one of them again", n)
	}
}

// The caller gives up in the middle; the next Allocate asks for the lost answer first.
func TestGivenUpRequestIsSentAgain(t *testing.T) {
	s := begin(t, rmtest.Options{})
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err := s.master.Allocate(ctx, rmclient.AllocateRequest{Asks: []rmclient.Ask{anywhere(1)}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error = %v", err)
	}
	second := anywhere(3)
	second.RequestID = 2
	got := s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{second}}).Allocated
	got = append(got, s.allocate(rmclient.AllocateRequest{}).Allocated...)
	if len(got) != 4 {
		t.Errorf("allocated %d, want 4", len(got))
	}
}

// The ResourceManager has carried a request out, but the caller was told that it cannot be reached.
// What is said next must not get lost behind the request that is repeated.
func TestUnansweredRequestIsSentAgain(t *testing.T) {
	s := begin(t, rmtest.Options{})
	s.cluster.RestartRM()
	config := s.cluster.Config()
	config.RetryFor = time.Nanosecond
	s.connect(config)
	must(s.master.Register(s.ctx, rmclient.Registration{}))(t)
	s.cluster.LoseAnswer("allocate")
	_, err := s.master.Allocate(
		s.ctx,
		rmclient.AllocateRequest{Asks: []rmclient.Ask{anywhere(1)}},
	)
	if !errors.Is(err, rmclient.ErrUnreachable) {
		t.Fatalf("error = %v, want ErrUnreachable", err)
	}
	second := anywhere(3)
	second.RequestID = 2
	got := s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{second}}).Allocated
	got = append(got, s.allocate(rmclient.AllocateRequest{}).Allocated...)
	if len(got) != 4 {
		t.Errorf("allocated %d, want 4", len(got))
	}
}

// After a restart everything outstanding is said again, and nothing twice.
func TestResync(t *testing.T) {
	s := begin(
		t,
		rmtest.Options{
			Nodes: []rmtest.Node{
				{Host: "a", Size: rmclient.Resource{MemoryMB: 1024, VCores: 4}},
				{Host: "b"},
			},
		},
	)
	s.allocate(rmclient.AllocateRequest{BlacklistAdd: []string{"b"}, Asks: []rmclient.Ask{
		{Priority: 1, RequestID: 1, Place: "a", Size: small, Count: 5}, anywhere(5)}})
	running := s.allocate(rmclient.AllocateRequest{}).Allocated // two fit on a; b is excluded
	s.run(running[0], "sleep")
	s.run(running[1], "sleep")
	s.cluster.RestartRM()
	response := s.allocate(rmclient.AllocateRequest{Progress: 0.5})
	if !response.Resynced {
		t.Error("the response does not say Resynced")
	}
	want := []rmclient.Ask{
		{
			Priority:  1,
			RequestID: 1,
			Place:     "*",
			Size:      small,
			Count:     3,
			Execution: rmclient.Guaranteed,
		},
		{
			Priority:  1,
			RequestID: 1,
			Place:     "a",
			Size:      small,
			Count:     3,
			Execution: rmclient.Guaranteed,
		},
	}
	if diff := cmp.Diff(want, s.cluster.Asks(s.id)); diff != "" {
		t.Error(diff)
	}
	if got := s.cluster.Blacklist(s.id); !slices.Equal(got, []string{"b"}) {
		t.Errorf("blacklist %v", got)
	}
	s.allocate(rmclient.AllocateRequest{BlacklistRemove: []string{"b"}})
	more := s.allocate(rmclient.AllocateRequest{}).Allocated
	if len(more) != 3 || more[0].ID.Epoch() != 1 ||
		!strings.Contains(more[0].ID.String(), "_e01_") {
		t.Errorf("after the restart: %v", more)
	}
}

// Another ResourceManager takes over: the client finds it, the master registers there.
func TestFailover(t *testing.T) {
	s := begin(t, rmtest.Options{ResourceManagers: 2})
	s.cluster.Failover(1)
	if !s.allocate(rmclient.AllocateRequest{}).Resynced {
		t.Error("not resynced")
	}
	if must(s.client.Report(s.ctx, s.id))(t).State != rmclient.Running {
		t.Error("not running")
	}
	s.cluster.Failover(0)
	s.ok(s.master.Finish(s.ctx, rmclient.Finish{Status: rmclient.Succeeded}))
}

// A new token comes with every response until the connection is opened with it: once.
func TestTokenRoll(t *testing.T) {
	s := begin(t, rmtest.Options{})
	dials, config := atomic.Int32{}, s.cluster.Config()
	plain := config.Dial
	config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return plain(ctx, network, address)
	}
	s.cluster.RestartRM() // so that the second master may register
	s.connect(config)
	must(s.master.Register(s.ctx, rmclient.Registration{}))(t)
	before := s.master.Token()
	s.cluster.RollToken(s.id)
	for range 5 {
		s.allocate(rmclient.AllocateRequest{})
	}
	if string(s.master.Token().Identifier) == string(before.Identifier) {
		t.Error("the new token was not taken up")
	}
	if n := dials.Load(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestFenced(t *testing.T) {
	s := begin(t, rmtest.Options{})
	s.cluster.NewAttempt(s.id)
	if _, err := s.master.Allocate(s.ctx, rmclient.AllocateRequest{}); !errors.Is(
		err,
		rmclient.ErrFenced,
	) {
		t.Errorf("allocate: %v, want ErrFenced", err)
	}
	if err := s.master.Finish(s.ctx, rmclient.Finish{}); !errors.Is(err, rmclient.ErrFenced) {
		t.Errorf("finish: %v, want ErrFenced", err)
	}
}

// A refused request changes nothing, and the next one is not held up by it.
func TestRefusedRequestIsForgotten(t *testing.T) {
	s := begin(t, rmtest.Options{})
	huge := anywhere(1)
	huge.Size = rmclient.Resource{MemoryMB: 1 << 30}
	_, err := s.master.Allocate(s.ctx, rmclient.AllocateRequest{Asks: []rmclient.Ask{huge}})
	if !errors.Is(err, rmclient.ErrInvalidRequest) {
		t.Fatalf("error = %v, want ErrInvalidRequest", err)
	}
	if got := s.containers(1); got[0].Size.MemoryMB != 512 {
		t.Errorf("allocated %+v", got)
	}
}

func TestRegisterTwice(t *testing.T) {
	s := begin(t, rmtest.Options{})
	if _, err := s.master.Register(s.ctx, rmclient.Registration{}); !errors.Is(
		err,
		rmclient.ErrInvalidRequest,
	) {
		t.Errorf("error = %v, want ErrInvalidRequest", err)
	}
}

// The next attempt finds the containers of the one before, and may talk to their nodes.
func TestKeptContainers(t *testing.T) {
	s := begin(t, rmtest.Options{})
	s.id = s.submit(rmclient.SubmissionContext{Name: "kept", Unmanaged: true, KeepContainers: true})
	s.connect(s.cluster.Config())
	must(s.master.Register(s.ctx, rmclient.Registration{}))(t)
	c := s.containers(1)[0]
	s.run(c, "sleep")
	s.cluster.NewAttempt(s.id)
	s.tokens = &rmclient.NMTokens{}
	s.connect(s.cluster.Config())
	registered := must(s.master.Register(s.ctx, rmclient.Registration{}))(t)
	if len(registered.Previous) != 1 || registered.Previous[0].ID != c.ID ||
		registered.Previous[0].RequestID != 1 {
		t.Fatalf("previous %+v", registered.Previous)
	}
	status, _, err := s.nodes.Statuses(s.ctx, c.Node, []rmclient.ContainerID{c.ID})
	if err != nil || len(status) != 1 || status[0].State != rmclient.ContainerRunning {
		t.Errorf("status %+v, %v", status, err)
	}
}

func TestPreemptionAndLostNode(t *testing.T) {
	s := begin(t, rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}}})
	c := s.containers(2)
	s.cluster.Preempt(s.id, false, c[1].ID)
	if p := s.allocate(rmclient.AllocateRequest{}).Preemption; !slices.Equal(
		p.Negotiable,
		[]rmclient.ContainerID{c[1].ID},
	) {
		t.Errorf("preemption %+v", p)
	}
	s.allocate(rmclient.AllocateRequest{Release: []rmclient.ContainerID{c[1].ID}})
	if done := s.allocate(rmclient.AllocateRequest{}).Completed; len(done) != 1 ||
		done[0].Exit != rmclient.Aborted {
		t.Errorf("released: %+v", done)
	}
	s.cluster.LoseNode("a")
	r := s.allocate(rmclient.AllocateRequest{})
	if len(r.Completed) != 1 || len(r.UpdatedNodes) != 1 ||
		r.UpdatedNodes[0].State != rmclient.NodeLost {
		t.Errorf("lost node: %+v", r)
	}
}

// A client that insists on more protection than the daemon offers does not speak.
func TestNoCommonProtection(t *testing.T) {
	s := begin(t, rmtest.Options{QOP: []rmclient.QOP{rmclient.Integrity}})
	config := s.cluster.Config()
	config.QOP = []rmclient.QOP{rmclient.Privacy}
	s.connect(config)
	_, err := s.master.Register(s.ctx, rmclient.Registration{})
	if !errors.Is(err, rmclient.ErrUnauthorized) || !strings.Contains(err.Error(), "auth-int") {
		t.Errorf("error = %v, want ErrUnauthorized and what was offered", err)
	}
}
