package yarn

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// withService are two nodes with the shuffle service on those named.
func withService(hosts ...string) []rmtest.Node {
	nodes := twoNodes().Nodes
	for i := range nodes {
		if slices.Contains(hosts, nodes[i].Host) {
			nodes[i].Services = map[string][]byte{"weft_shuffle": {1, 0x1d, 0x18}}
		}
	}
	return nodes
}

const serviceOn = "weft.shuffle.service.enabled=true"

func TestExecutorFindsTheShuffleService(t *testing.T) {
	launches := make(chan rmtest.Launch, 1)
	b := newBed(t, rmtest.Options{
		Nodes: withService("node1", "node2"),
		Run: func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
			launches <- l
			<-ctx.Done()
			return 143
		},
	}, serviceOn).start()
	b.want(executors(1))
	c := b.given(1)[0]
	b.launch(c, 1)
	l := <-launches
	secret, err := b.id.ShuffleSecret()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(l.ServiceData["weft_shuffle"], append([]byte{1}, secret...)) {
		t.Error("the service does not get version 1 and the secret")
	}
	for name, value := range l.Environment {
		if strings.Contains(value, string(secret)) {
			t.Errorf("the secret is in %s", name)
		}
	}
	got, err := Executor(inContainer(t, l))
	if err != nil {
		t.Fatal(err)
	}
	want := containers.Service{Application: b.app.String(), Addr: c.Host + ":7448"}
	if got.Service != want {
		t.Errorf("service %+v, want %+v", got.Service, want)
	}
}

func TestServiceSaysWhereItIs(t *testing.T) {
	const id, app = "container_e3_1700000000000_0012_01_000002", "application_1700000000000_0012"
	away := containers.Service{Application: app}
	for _, c := range []struct {
		name, told string
		want       containers.Service
		err        string
	}{
		{"runs", "AR0Y", containers.Service{Application: app, Addr: "n1:7448"}, ""},
		{"says nothing", "", away, ""},
		{"has no port yet", "AQAA", away, ""},
		{"is of another version", "Ah0Y", away, "weft.shuffle.service.name"},
		{"is another service", "AAAAAA==", away, "weft.shuffle.service.name"},
		{"says no base64", "?", away, "weft.shuffle.service.name"},
	} {
		env := map[string]string{envService: "s", envServiceData + "s": c.told, "CONTAINER_ID": id}
		got, err := service(func(name string) string { return env[name] }, "n1")
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !says(err, c.err) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestNodeWithoutTheServiceIsLeftOut(t *testing.T) {
	b := newBed(t, rmtest.Options{Nodes: withService("node1")}, serviceOn).start()
	b.want(executors(1, containers.HostCount{Host: "node2", Count: 1}))
	c := b.given(1)[0]
	if c.Host != "node2" {
		t.Fatalf("given %s", c)
	}
	b.launch(c, 1)
	e := next[containers.Completed](b)
	if e.Reason != containers.ReasonNoService || e.CausedByApp {
		t.Errorf("%s", e)
	}
	for _, part := range []string{"node2", "weft_shuffle", "weft.shuffle.service.enabled=false",
		"install it on every NodeManager"} {
		if !strings.Contains(e.Diagnostics, part) {
			t.Errorf("%q lacks %q", e.Diagnostics, part)
		}
	}
	if c = b.given(1)[0]; c.Host != "node1" {
		t.Fatalf("replaced by %s", c)
	}
	if out := b.rm.Blacklist(b.app); !slices.Equal(out, []string{"node2"}) {
		t.Errorf("shunned: %v", out)
	}
	b.launch(c, 2)
	b.rm.Wait(t, "the executor runs", func() bool { return b.rm.Calls("startContainers") == 2 })
}

func TestApplicationEndsWhereNoNodeHasTheService(t *testing.T) {
	b := newBed(t, rmtest.Options{Nodes: withService()}, serviceOn).start()
	b.want(executors(2))
	for starts := int32(1); ; starts++ {
		switch e := deciding(b).(type) {
		case containers.Allocated:
			for _, c := range e.Containers {
				b.launch(c, starts)
			}
		case containers.Down:
			if !says(e.Err, "no node is left for executors") || !says(e.Err, "weft.shuffle.service.enabled=false") {
				t.Errorf("%v", e.Err)
			}
			return
		}
	}
}

// deciding is the next event of those that decide.
func deciding(b *bed) containers.Event {
	b.Helper()
	for {
		switch e := (<-b.events).(type) {
		case containers.Allocated, containers.Down:
			return e
		case containers.Completed:
			if e.Reason != containers.ReasonNoService {
				b.Errorf("%s", e)
			}
		}
	}
}
