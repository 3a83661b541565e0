// Package containerstest holds the tests that every implementation of containers.Cluster passes.
// They are the contract of that interface in another form.
//
// Run calls them; the implementation's own test brings a System that starts its clusters, and where
// executors are processes it lets Play be theirs.
package containerstest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
)

// Behaviour is what an executor of the tests does.
type Behaviour string

// The behaviours.
const (
	Wait  Behaviour = "wait"  // runs until it is stopped, then ends at once
	Leave Behaviour = "leave" // ends by itself at once, in peace
	Crash Behaviour = "crash" // prints Cry and ends by itself with exit code 1
)

// Cry is what a crashing executor says before its end; Diagnostics repeat it.
const Cry = "this executor cannot go on"

// System starts clusters of one kind.
type System struct {
	// New makes a cluster that was not started and whose executors behave like that.
	New func(t *testing.T, b Behaviour) containers.Cluster
	// Resource is what one container of the tests has.
	Resource resource.Vector
	// TooLarge has more memory than any container of the cluster; the zero value where the cluster
	// cannot tell.
	TooLarge resource.Vector
	// Hosts are all that the cluster has, in its names; nil where it cannot avoid any.
	Hosts []string
	// Patience bounds the wait for an event; 0 is 10 s.
	Patience time.Duration
}

// Run runs all tests.
func Run(t *testing.T, s System) {
	if s.Patience == 0 {
		s.Patience = 10 * time.Second
	}
	for _, test := range []struct {
		name string
		b    Behaviour
		run  func(*bed)
	}{
		{"gives what is wanted", Wait, (*bed).givesWhatIsWanted},
		{"gives more when more is wanted", Wait, (*bed).givesMore},
		{"gives spare ones", Wait, (*bed).givesSpareOnes},
		{"takes nothing back when less is wanted", Wait, (*bed).takesNothingBack},
		{"replaces what was released", Wait, (*bed).replacesReleased},
		{"releases what was never launched", Wait, (*bed).releasesUnlaunched},
		{"reports an end in peace", Leave, (*bed).reportsPeace},
		{"reports a crash with its last words", Crash, (*bed).reportsCrash},
		{"refuses unknown containers", Wait, (*bed).refusesUnknown},
		{"keeps profiles apart", Wait, (*bed).keepsProfilesApart},
		{"refuses what it can never give", Wait, (*bed).refusesTooLarge},
		{"gives elsewhere than on hosts to avoid", Wait, (*bed).avoidsHosts},
		{"finishes with everything running", Wait, (*bed).finishesRunning},
		{"finishes under a context that has ended", Wait, (*bed).finishesInHaste},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(open(t, s, test.b)) })
	}
}

// bed is a started cluster and what it said so far.
type bed struct {
	t        *testing.T
	system   System
	cluster  containers.Cluster
	identity *identity.Identity
	events   chan containers.Event
	finished bool
	next     int32 // executor
}

func open(t *testing.T, s System, b Behaviour) *bed {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	bd := &bed{t: t, system: s, cluster: s.New(t, b), identity: id,
		events: make(chan containers.Event, 1)}
	if err := bd.cluster.Start(t.Context(), bd.events); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bd.finish(context.Background()) })
	return bd
}

// finish ends the cluster and gives the events that came meanwhile.
func (b *bed) finish(ctx context.Context) (rest []containers.Event) {
	if b.finished {
		return nil
	}
	b.finished = true
	done := make(chan error, 1)
	go func() { done <- b.cluster.Finish(ctx, containers.Final{}) }()
	late := time.NewTimer(b.system.Patience)
	defer late.Stop()
	for {
		select {
		case e := <-b.events:
			rest = append(rest, e)
		case err := <-done:
			if err != nil && ctx.Err() == nil {
				b.t.Errorf("finish: %v", err)
			}
			return rest
		case <-late.C:
			b.t.Fatal("Finish does not return")
		}
	}
}

func (b *bed) want(count int) { b.wantProfile(resource.Default, b.system.Resource, count) }

func (b *bed) wantProfile(p resource.ID, r resource.Vector, count int) {
	b.t.Helper()
	b.wantAsk(containers.Ask{Profile: p, Resource: r, Count: count})
}

func (b *bed) wantAsk(a containers.Ask) {
	b.t.Helper()
	if err := b.cluster.Want(b.t.Context(), []containers.Ask{a}); err != nil {
		b.t.Fatal(err)
	}
}

// event waits for an event of type E; others that the tests know nothing of are passed over.
func event[E containers.Event](b *bed) (e E) {
	b.t.Helper()
	late := time.NewTimer(b.system.Patience)
	defer late.Stop()
	for {
		select {
		case got := <-b.events:
			if e, ok := got.(E); ok {
				return e
			}
			switch got.(type) {
			case containers.Allocated, containers.Completed, containers.Down:
				b.t.Fatalf("%T %v came before %T", got, got, e)
			}
		case <-late.C:
			b.t.Fatalf("no %T came", e)
		}
	}
}

// allocated waits for so many containers and launches nothing in them.
func (b *bed) allocated(n int) (all []containers.Container) {
	b.t.Helper()
	for len(all) < n {
		all = append(all, event[containers.Allocated](b).Containers...)
	}
	if len(all) > n {
		b.t.Fatalf("%d containers were given, %d are wanted", len(all), n)
	}
	return all
}

func (b *bed) launch(c containers.Container) {
	b.t.Helper()
	if err := b.tryLaunch(c.ID); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) tryLaunch(id containers.ID) error {
	b.next++
	return b.cluster.Launch(b.t.Context(), id, containers.Launch{
		Executor: b.next, Driver: "127.0.0.1:1", Host: "127.0.0.1", Slots: 1,
		Resource: b.system.Resource, Identity: b.identity,
	})
}

func (b *bed) release(ids ...containers.ID) {
	b.t.Helper()
	if err := b.cluster.Release(b.t.Context(), ids); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) refuse(id containers.ID) {
	b.t.Helper()
	if err := b.tryLaunch(id); !errors.Is(err, containers.ErrUnknown) {
		b.t.Fatalf("launch in %s: %v, want ErrUnknown", id, err)
	}
}
