package plugin

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
)

// The round trips draw every field of the types in package containers by reflection, so that a
// field which the protocol forgets fails the test on the day it is added.
func drawn[T any](t *rapid.T, change func(*T)) T {
	v := rapid.Make[T]().Draw(t, "value")
	change(&v)
	return v
}

// vector makes amounts that a cluster can have: positive, and each name once.
func vector(v resource.Vector) resource.Vector {
	for i := range v.Extra {
		v.Extra[i].Count = 1 + v.Extra[i].Count&0xffff
	}
	return resource.Make(v.Memory, int(int32(v.Cores)), v.Extra...)
}

func same(t rapid.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b *identity.Identity) bool {
			return a.Fingerprint() == b.Fingerprint()
		})); d != "" {
		t.Error(d)
	}
}

func TestAsksArriveWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawn(t, func(a *containers.Ask) {
			a.Resource = vector(a.Resource)
			a.Count, a.Spare = int(int32(a.Count)), int(int32(a.Spare))
			for i := range a.Hosts {
				a.Hosts[i].Count = int(int32(a.Hosts[i].Count))
			}
		})
		same(t, a, fromAsk(toAsk(a)))
	})
}

func TestEventsArriveWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, e := range []containers.Event{
			drawn(t, func(e *containers.Allocated) {
				for i := range e.Containers {
					e.Containers[i].Resource = vector(e.Containers[i].Resource)
				}
			}),
			drawn(t, func(e *containers.Completed) { e.ExitCode = int(int32(e.ExitCode)) }),
			drawn(t, func(*containers.NodeLost) {}),
			drawn(t, func(e *containers.Decommissioning) { e.Left = e.Left.Truncate(time.Millisecond) }),
			drawn(t, func(e *containers.Preempt) { e.Deadline = e.Deadline.Truncate(time.Millisecond) }),
			drawn(t, func(e *containers.Headroom) { e.Resource = vector(e.Resource) }),
		} {
			same(t, e, fromEvent(toEvent(e)))
		}
	})
}

func TestLaunchesArriveWhole(t *testing.T) {
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	l := containers.Launch{
		Executor: 7, Driver: "driver:1", Host: "host", Slots: 3, Dirs: []string{"/a", "/b"},
		Resource: resource.Make(1, 2, resource.Amount{Name: "gpu", Count: 3}), Identity: id,
	}
	for i, v := 0, reflect.ValueOf(l); i < v.NumField(); i++ {
		name := v.Type().Field(i).Name
		if v.Field(i).IsZero() && name != "Service" { // which executors learn on their nodes
			t.Errorf("the test leaves field %s empty", name)
		}
	}
	w, err := toLaunch("c1", l)
	if err != nil {
		t.Fatal(err)
	}
	to, got, err := fromLaunch(w)
	if err != nil || to != "c1" {
		t.Fatalf("%s: %v", to, err)
	}
	same(t, l, got)
}

func TestFinalsArriveWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawn(t, func(*containers.Final) {})
		same(t, f, fromFinal(toFinal(f)))
	})
}
