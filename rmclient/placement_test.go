package rmclient_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/placement"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// apart wants no container with the tag where one is.
var apart = rmclient.Registration{Constraints: map[string]placement.Constraint{
	"weft": placement.Tags{Scope: placement.Node, Tags: []placement.Tag{{Of: placement.Self, Name: "weft"}}},
}}

// beginApart registers an application with that constraint on two nodes.
func beginApart(t *testing.T) *story {
	s := begin(t, rmtest.Options{Nodes: []rmtest.Node{{Host: "a"}, {Host: "b"}}})
	s.cluster.RestartRM() // the story's registration had no constraint
	s.connect(s.cluster.Config())
	must(s.master.Register(s.ctx, apart))(t)
	return s
}

func tagged(n int32) rmclient.Ask {
	a := anywhere(n)
	a.Tag = "weft"
	return a
}

// Containers with a tag come one to a node, and the third only when one has gone.
func TestContainersThatKeepApart(t *testing.T) {
	s := beginApart(t)
	got := s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{tagged(3)}}).Allocated
	got = append(got, s.allocate(rmclient.AllocateRequest{}).Allocated...)
	if len(got) != 2 || got[0].Node == got[1].Node {
		t.Fatalf("allocated %v", got)
	}
	if more := s.allocate(rmclient.AllocateRequest{}).Allocated; len(more) > 0 {
		t.Errorf("allocated %v beside them", more)
	}
	s.allocate(rmclient.AllocateRequest{Release: []rmclient.ContainerID{got[0].ID}})
	if more := s.allocate(rmclient.AllocateRequest{}).Allocated; len(more) != 1 ||
		more[0].Node != got[0].Node {
		t.Errorf("allocated %v in place of %v", more, got[0])
	}
}

// A ResourceManager that was restarted is told the constraint and the open asks again.
func TestPlacementIsSaidAgainAfterARestart(t *testing.T) {
	s := beginApart(t)
	s.allocate(rmclient.AllocateRequest{Asks: []rmclient.Ask{tagged(3)}})
	held := s.allocate(rmclient.AllocateRequest{}).Allocated
	for _, c := range held {
		s.run(c, "sleep")
	}
	s.cluster.RestartRM()
	if r := s.allocate(rmclient.AllocateRequest{}); !r.Resynced {
		t.Fatal("not resynced")
	}
	if more := s.allocate(rmclient.AllocateRequest{}).Allocated; len(more) > 0 {
		t.Errorf("allocated %v, where the constraint allows none", more)
	}
	asks := s.cluster.Asks(s.id)
	if !slices.ContainsFunc(asks, func(a rmclient.Ask) bool { return a.Count == 1 }) {
		t.Errorf("the ResourceManager was told %v, one container is to come", asks)
	}
}

// A cluster without placement constraints says so at the registration.
func TestClusterWithoutPlacement(t *testing.T) {
	s := begin(t, rmtest.Options{})
	s.cluster.RestartRM()
	s.connect(s.cluster.Config())
	s.cluster.Fail("registerApplicationMaster", "org.apache.hadoop.yarn.exceptions.YarnException",
		"Found non empty placement constraints map in RegisterApplicationMasterRequest for application=a, "+
			"but the configured yarn.resourcemanager.placement-constraints.handler cannot handle placement "+
			"constraints. Rejecting this registerApplicationMaster operation")
	if _, err := s.master.Register(s.ctx, apart); !errors.Is(err, rmclient.ErrNoPlacement) {
		t.Errorf("error = %v, want ErrNoPlacement", err)
	}
}
