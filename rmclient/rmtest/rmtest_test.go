package rmtest_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// application submits an unmanaged application and registers its master.
func application(t *testing.T, c *rmtest.Cluster) (rmclient.ApplicationID, *rmclient.Master) {
	t.Helper()
	client, err := rmclient.NewClient(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	id, _, err := client.NewApplication(t.Context())
	if err == nil {
		err = client.Submit(t.Context(), rmclient.SubmissionContext{ID: id, Unmanaged: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	report, err := client.Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	master, err := rmclient.NewMaster(c.Config(), report.AMRMToken, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if _, err := master.Register(t.Context(), rmclient.Registration{}); err != nil {
		t.Fatal(err)
	}
	return id, master
}

func beat(t *testing.T, m *rmclient.Master, asks ...rmclient.Ask) rmclient.AllocateResponse {
	t.Helper()
	response, err := m.Allocate(t.Context(), rmclient.AllocateRequest{Asks: asks})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func ask(place string, n int32, size rmclient.Resource) rmclient.Ask {
	return rmclient.Ask{Priority: 1, RequestID: 1, Place: place, Size: size, Count: n}
}

// A container comes only where there is room, and with the next heartbeat.
func TestRoomIsLimited(t *testing.T) {
	gpu := map[string]int64{"yarn.io/gpu": 1}
	c := rmtest.Start(
		t,
		rmtest.Options{ResourceTypes: []string{"yarn.io/gpu"}, Nodes: []rmtest.Node{
			{Host: "plain"},
			{Host: "card", Size: rmclient.Resource{MemoryMB: 4096, VCores: 4, Extra: gpu}},
		}},
	)
	_, master := application(t, c)
	size := rmclient.Resource{MemoryMB: 1024, VCores: 1, Extra: gpu}
	if first := beat(t, master, ask(rmclient.Anywhere, 2, size)); len(first.Allocated) != 0 {
		t.Errorf("allocated in the same heartbeat: %v", first.Allocated)
	}
	got := beat(t, master).Allocated
	if len(got) != 1 || got[0].Node.Host != "card" {
		t.Errorf("allocated %v, want one on card", got)
	}
	size.Extra = map[string]int64{"yarn.io/gpu": 2}
	_, err := master.Allocate(t.Context(), rmclient.AllocateRequest{
		Asks: []rmclient.Ask{ask(rmclient.Anywhere, 1, size)}})
	if !errors.Is(err, rmclient.ErrInvalidRequest) {
		t.Errorf("more cards than any node has: %v", err)
	}
}

// A strict ask waits for its host although others have room.
func TestStrictPlacement(t *testing.T) {
	c := rmtest.Start(t, rmtest.Options{Nodes: []rmtest.Node{{Host: "a",
		Size: rmclient.Resource{MemoryMB: 512, VCores: 1}}, {Host: "b"}}})
	_, master := application(t, c)
	size := rmclient.Resource{MemoryMB: 512, VCores: 1}
	anywhere, rack := ask(rmclient.Anywhere, 2, size), ask("/default-rack", 2, size)
	anywhere.NoRelax, rack.NoRelax = true, true
	beat(t, master, ask("a", 2, size), rack, anywhere)
	if got := beat(t, master).Allocated; len(got) != 1 || got[0].Node.Host != "a" {
		t.Errorf("allocated %v, want one on a", got)
	}
}

func TestLabels(t *testing.T) {
	c := rmtest.Start(
		t,
		rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}, {Host: "b", Labels: []string{"ssd"}}}},
	)
	_, master := application(t, c)
	labelled := ask(rmclient.Anywhere, 1, rmclient.Resource{MemoryMB: 512, VCores: 1})
	labelled.NodeLabel = "ssd"
	beat(t, master, labelled)
	if got := beat(t, master).Allocated; len(got) != 1 || got[0].Node.Host != "b" {
		t.Errorf("allocated %v, want one on b", got)
	}
}

// Orders of the test take effect on the next call, once.
func TestFail(t *testing.T) {
	c := rmtest.Start(t, rmtest.Options{})
	_, master := application(t, c)
	c.LoseCall("allocate")
	beat(t, master)
	if n := c.Calls("allocate"); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	c.Fail("allocate", "org.apache.hadoop.yarn.exceptions.YarnException", "out of sorts")
	_, err := master.Allocate(t.Context(), rmclient.AllocateRequest{})
	var remote *rmclient.RemoteError
	if !errors.As(err, &remote) || remote.Message != "out of sorts" {
		t.Errorf("error = %v", err)
	}
}

// A managed AM that dies is started again, as often as its application allows.
func TestAttempts(t *testing.T) {
	attempts := make(chan int32, 3)
	c := rmtest.Start(
		t,
		rmtest.Options{Run: func(_ context.Context, l rmtest.Launch) rmclient.ExitStatus {
			attempts <- l.Container.Attempt.Attempt
			return 137
		}},
	)
	client, err := rmclient.NewClient(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	id, _, err := client.NewApplication(t.Context())
	if err == nil {
		err = client.Submit(t.Context(), rmclient.SubmissionContext{ID: id, MaxAttempts: 2,
			Resource: rmclient.Resource{MemoryMB: 512, VCores: 1},
			AM:       rmclient.LaunchContext{Command: []string{"am"}}})
	}
	if err != nil && !errors.Is(err, rmclient.ErrRejected) { // it may have failed already
		t.Fatal(err)
	}
	c.Wait(t, "the application to fail", func() bool {
		report, err := client.Report(t.Context(), id)
		return err == nil && report.State == rmclient.Failed
	})
	if first, second := <-attempts, <-attempts; first != 1 || second != 2 || len(attempts) != 0 {
		t.Errorf("attempts %d, %d and %d more", first, second, len(attempts))
	}
}

// A decommissioning node keeps its containers and gets no new ones.
func TestNodeStates(t *testing.T) {
	c := rmtest.Start(t, rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}}})
	_, master := application(t, c)
	size := rmclient.Resource{MemoryMB: 512, VCores: 1}
	beat(t, master, ask(rmclient.Anywhere, 1, size))
	k := beat(t, master).Allocated[0]
	c.SetNodeState("a", rmclient.NodeDecommissioning)
	r := beat(t, master, ask(rmclient.Anywhere, 1, size))
	if len(r.UpdatedNodes) != 1 || r.UpdatedNodes[0].State != rmclient.NodeDecommissioning ||
		len(r.Completed) != 0 {
		t.Errorf("decommissioning: %+v", r)
	}
	c.Kill(k.ID, rmclient.MemoryExceeded, "too much")
	if r := beat(t, master); len(r.Allocated) != 0 || len(r.Completed) != 1 ||
		r.Completed[0].Exit != rmclient.MemoryExceeded {
		t.Errorf("after the kill: %+v", r)
	}
	c.SetNodeState("a", rmclient.NodeRunning)
	beat(t, master)
	if r := beat(t, master); len(r.Allocated) != 1 {
		t.Errorf("after the node came back: %+v", r)
	}
}
