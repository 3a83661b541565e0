package rmclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// What a container is started with arrives whole.
func TestLaunchContextArrives(t *testing.T) {
	launched := make(chan rmtest.Launch, 1)
	s := begin(t, rmtest.Options{
		Nodes: []rmtest.Node{{Services: map[string][]byte{"weft_shuffle": {1, 2}}}},
		Run: func(_ context.Context, l rmtest.Launch) rmclient.ExitStatus {
			launched <- l
			return 0
		},
	})
	c := s.containers(1)[0]
	secret := rmclient.Token{
		Identifier: []byte("id"),
		Password:   []byte("pw"),
		Kind:       "WEFT",
		Service:    "s",
	}
	started := must(
		s.nodes.Start(
			s.ctx,
			c.Node,
			[]rmclient.StartRequest{{Container: c, Launch: rmclient.LaunchContext{
				Command:     []string{"./job", "1><LOG_DIR>/stdout"},
				Environment: map[string]string{"A": "1", "B": "2"},
				ServiceData: map[string][]byte{"weft_shuffle": []byte("x")},
				Credentials: rmclient.Credentials{
					Tokens: map[rmclient.Alias]rmclient.Token{"mine": secret},
				},
				LocalResources: map[string]rmclient.LocalResource{
					"job": {
						URL:        "hdfs://nameservice/weft/job",
						Size:       3,
						Timestamp:  4,
						Visibility: rmclient.Public,
					}},
			}}},
		),
	)(
		t,
	)
	if len(started.OK) != 1 || started.OK[0] != c.ID ||
		string(started.Services["weft_shuffle"]) != "\x01\x02" {
		t.Fatalf("started %+v", started)
	}
	l := <-launched
	if l.Environment["NM_AUX_SERVICE_weft_shuffle"] != "AQI=" {
		t.Errorf("environment %v", l.Environment)
	}
	token, _ := l.Credentials.Token("WEFT")
	if l.Container != c.ID || l.Node != c.Node || strings.Join(l.Command, " ") != "./job 1><LOG_DIR>/stdout" ||
		l.Environment["B"] != "2" ||
		string(l.ServiceData["weft_shuffle"]) != "x" ||
		string(token.Password) != "pw" ||
		l.Resources[0] != "job" {
		t.Errorf("launched %+v", l)
	}
}

// One container of a request fails, the others run.
func TestFailureOfOneContainer(t *testing.T) {
	s := begin(t, rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}}})
	c := s.containers(2)
	s.run(c[0], "sleep")
	started := must(
		s.nodes.Start(
			s.ctx,
			c[0].Node,
			[]rmclient.StartRequest{{Container: c[0]}, {Container: c[1]}},
		),
	)(
		t,
	)
	if len(started.OK) != 1 || started.OK[0] != c[1].ID || len(started.Failed) != 1 ||
		!strings.Contains(started.Failed[0].Err.Error(), "relaunch") {
		t.Errorf("started %+v", started)
	}
	status, failed, err := s.nodes.Statuses(
		s.ctx,
		c[0].Node,
		[]rmclient.ContainerID{c[0].ID, {ID: 99}},
	)
	if err != nil || len(status) != 1 || len(failed) != 1 {
		t.Errorf("statuses %+v, %+v, %v", status, failed, err)
	}
}

func TestStop(t *testing.T) {
	s := begin(t, rmtest.Options{})
	c := s.containers(1)[0]
	s.run(c, "sleep")
	failed, err := s.nodes.Stop(s.ctx, c.Node, []rmclient.ContainerID{c.ID})
	if err != nil || len(failed) != 0 {
		t.Fatalf("stop: %v, %v", failed, err)
	}
	if done := s.allocate(rmclient.AllocateRequest{}).Completed; len(done) != 1 ||
		done[0].Exit != rmclient.KilledByMaster {
		t.Errorf("completed %+v", done)
	}
}

// Connections break under calls that may be repeated, and nobody notices.
func TestBrokenConnectionsAreReplaced(t *testing.T) {
	s := begin(t, rmtest.Options{})
	c := s.containers(1)[0]
	s.run(c, "sleep")
	for _, method := range []string{"getContainerStatuses", "getApplicationReport", "allocate"} {
		s.cluster.LoseAnswer(method)
	}
	s.cluster.DropConnections()
	if _, _, err := s.nodes.Statuses(s.ctx, c.Node, []rmclient.ContainerID{c.ID}); err != nil {
		t.Error(err)
	}
	if _, err := s.client.Report(s.ctx, s.id); err != nil {
		t.Error(err)
	}
	s.allocate(rmclient.AllocateRequest{})
}

// Starting twice would be wrong, so a start whose answer is lost is the caller's to decide.
func TestLostStartIsNotRepeated(t *testing.T) {
	s := begin(t, rmtest.Options{})
	c := s.containers(1)[0]
	s.cluster.LoseAnswer("startContainers")
	if _, err := s.nodes.Start(s.ctx, c.Node, []rmclient.StartRequest{{Container: c}}); err == nil {
		t.Fatal("the lost answer went unnoticed")
	}
	status, _, err := s.nodes.Statuses(s.ctx, c.Node, []rmclient.ContainerID{c.ID})
	if err != nil || len(status) != 1 {
		t.Errorf("status %+v, %v", status, err)
	}
}

func TestNodeWithoutToken(t *testing.T) {
	nodes := rmclient.NewNodeManagers(rmclient.Config{}, &rmclient.NMTokens{})
	defer nodes.Close()
	_, err := nodes.Stop(t.Context(), rmclient.NodeID{Host: "a", Port: 1}, nil)
	if !errors.Is(err, rmclient.ErrNoToken) || !strings.Contains(err.Error(), "a:1") {
		t.Errorf("error = %v", err)
	}
}

// A token that the node does not know is refused, and said to be.
func TestWrongNodeToken(t *testing.T) {
	s := begin(t, rmtest.Options{})
	c := s.containers(1)[0]
	s.tokens.Put(
		c.Node,
		rmclient.Token{Identifier: []byte("x"), Password: []byte("y"), Kind: rmclient.NMTokenKind},
	)
	if _, err := s.nodes.Stop(s.ctx, c.Node, nil); !errors.Is(err, rmclient.ErrUnauthorized) {
		t.Errorf("error = %v, want ErrUnauthorized", err)
	}
}
