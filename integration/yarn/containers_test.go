package yarn

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/weft-data/weft/containers"
	onyarn "github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/submit"
)

// A yarnApp is an application in client mode without a driver: the test takes the events, and
// a listener counts the executors that prove to be the application's.
type yarnApp struct {
	*yarnBed
	attempt *submit.Attempt
	cluster *onyarn.Cluster
	events  chan containers.Event
	door    net.Listener
	proved  chan struct{} // one for each executor
	conns   sync.WaitGroup
	seen    []containers.Event
}

func startYarnApp(b *yarnBed, pairs ...string) *yarnApp {
	b.Helper()
	r := b.request(pairs...)
	a := &yarnApp{yarnBed: b, events: make(chan containers.Event), proved: make(chan struct{}, 100)}
	var err error
	if a.attempt, err = submit.Unmanaged(b.Context(), r); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.attempt.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	a.listen(a.attempt.Identity)
	if a.cluster, err = onyarn.New(onyarn.OfAttempt(a.attempt, r.Conf, nil)); err != nil {
		b.Fatal(err)
	}
	if err := a.cluster.Start(b.Context(), a.events); err != nil {
		b.Fatal(err)
	}
	return a
}

// settings is the empty frame with which an HTTP/2 server begins: length 0, type 4, stream 0.
var settings = []byte{0, 0, 0, 4, 0, 0, 0, 0, 0}

// listen takes connections as a driver does, and keeps them open until the executor goes.
func (a *yarnApp) listen(id *identity.Identity) {
	a.Helper()
	var err error
	server := id.ServerTLS()
	server.NextProtos = []string{"h2"}
	if a.door, err = tls.Listen("tcp", "127.0.0.1:0", server); err != nil {
		a.Fatal(err)
	}
	a.conns.Go(func() {
		for {
			conn, err := a.door.Accept()
			if err != nil {
				return
			}
			a.conns.Go(func() { a.serve(conn.(*tls.Conn)) })
		}
	})
	a.Cleanup(func() {
		a.door.Close()
		a.conns.Wait()
	})
}

func (a *yarnApp) serve(conn *tls.Conn) {
	defer conn.Close()
	if _, err := conn.Write(settings); err != nil {
		return
	}
	a.proved <- struct{}{}
	for buf := make([]byte, 1024); ; {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

func (a *yarnApp) want(n int) {
	a.Helper()
	err := a.cluster.Want(a.Context(), []containers.Ask{{Resource: resource.Make(256, 1), Count: n}})
	if err != nil {
		a.Fatal(err)
	}
}

// event waits for one of a type; others are kept in seen.
func event[E containers.Event](a *yarnApp) E {
	a.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		select {
		case e := <-a.events:
			if found, ok := e.(E); ok {
				return found
			}
			a.seen = append(a.seen, e)
		case <-limit.C:
			a.Fatalf("waited a minute; saw %+v", a.seen)
		}
	}
}

// run launches executors in n containers and waits until each has proved itself.
func (a *yarnApp) run(n int, first int32) []containers.Container {
	a.Helper()
	var given []containers.Container
	for len(given) < n {
		for _, c := range event[containers.Allocated](a).Containers {
			err := a.cluster.Launch(a.Context(), c.ID, containers.Launch{
				Executor: first + int32(len(given)), Driver: a.door.Addr().String(), Host: c.Host, Slots: 1,
				Resource: c.Resource, Identity: a.attempt.Identity})
			if err != nil {
				a.Fatal(err)
			}
			given = append(given, c)
		}
	}
	for range n {
		a.proof()
	}
	return given
}

// proof waits for an executor's handshake.
func (a *yarnApp) proof() {
	a.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		select {
		case <-a.proved:
			return
		case e := <-a.events:
			if c, ended := e.(containers.Completed); ended {
				a.Fatalf("%s", c)
			}
			a.seen = append(a.seen, e)
		case <-limit.C:
			a.Fatalf("no executor came in a minute; saw %+v", a.seen)
		}
	}
}

func (a *yarnApp) finish(status containers.Status) {
	a.Helper()
	testbed.Finish(a, a.cluster, a.events, containers.Final{Status: status})
}

// A host is a preference, which a busy ResourceManager lets go after a while: one application of
// three finds its executors on both nodes, where all would be on one if nobody asked for two.
func TestExecutorsRunInContainersOfBothNodes(t *testing.T) {
	bed := newYarnBed(t)
	for range 3 {
		a := startYarnApp(bed)
		a.want(2)
		all := a.run(2, 1)
		a.finish(containers.Succeeded)
		if err := submit.Outcome(a.ended(a.attempt.ID.Application)); err != nil {
			t.Error(err)
		}
		if all[0].Host != all[1].Host {
			return
		}
		t.Logf("both on %s", all[0].Host)
	}
	t.Error("three times both executors were on one node")
}

func TestKilledExecutorIsReplaced(t *testing.T) {
	a := startYarnApp(newYarnBed(t))
	a.want(1)
	a.run(1, 1)
	for _, p := range a.processes(a.attempt.ID.Application) {
		if err := p.Kill9(); err != nil {
			t.Fatal(err)
		}
	}
	if e := event[containers.Completed](a); e.Reason != containers.ReasonKilled || e.ExitCode != 137 {
		t.Errorf("%s", e)
	}
	a.run(1, 2)
	a.finish(containers.Killed)
	a.ended(a.attempt.ID.Application)
}

func TestReleasedContainerEnds(t *testing.T) {
	a := startYarnApp(newYarnBed(t))
	a.want(1)
	c := a.run(1, 1)[0]
	a.want(0)
	if err := a.cluster.Release(t.Context(), []containers.ID{c.ID}); err != nil {
		t.Fatal(err)
	}
	if e := event[containers.Completed](a); e.ID != c.ID || e.Reason != containers.ReasonReleased {
		t.Errorf("%s", e)
	}
	a.until("the executor ends", func() bool { return len(a.processes(a.attempt.ID.Application)) == 0 })
	a.finish(containers.Succeeded)
}

func TestApplicationKilledFromOutsideGoesDown(t *testing.T) {
	a := startYarnApp(newYarnBed(t))
	a.want(1)
	a.run(1, 1)
	if err := a.client.Kill(t.Context(), a.attempt.ID.Application, "from outside"); err != nil {
		t.Fatal(err)
	}
	event[containers.Down](a)
	a.finish(containers.Failed)
	a.ended(a.attempt.ID.Application)
}

func TestExecutorsOutliveTheResourceManager(t *testing.T) {
	b := newYarnBed(t)
	a := startYarnApp(b)
	a.want(1)
	a.run(1, 1)
	rm := b.cluster.ResourceManager()
	if err := rm.Kill9(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := rm.Start(); err != nil {
		t.Fatal(err)
	}
	if err := b.cluster.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.want(2)
	a.run(1, 2)
	for _, e := range a.seen {
		if c, ended := e.(containers.Completed); ended {
			t.Errorf("%s", c)
		}
	}
	a.finish(containers.Succeeded)
	a.ended(a.attempt.ID.Application)
}
