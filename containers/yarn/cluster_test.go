package yarn

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
	"github.com/weft-data/weft/submit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bed is an unmanaged application on a scripted cluster.
type bed struct {
	*testing.T
	rm      *rmtest.Cluster
	client  *rmclient.Client
	app     rmclient.ApplicationID
	cluster *Cluster
	events  chan containers.Event
	id      *identity.Identity
	seen    []containers.Event // passed over by next
}

func newBed(t *testing.T, o rmtest.Options, pairs ...string) *bed {
	t.Helper()
	b := &bed{T: t, rm: rmtest.Start(t, o), events: make(chan containers.Event)}
	var err error
	if b.client, err = rmclient.NewClient(b.rm.Config()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.client.Close() })
	if b.id, err = identity.New(); err != nil {
		t.Fatal(err)
	}
	c, err := conf.Load(conf.Sources{Conf: pairs, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	b.cluster = b.make(Config{RM: b.rm.Config(), Conf: c, Token: b.submit(),
		Program: rmclient.LocalResource{URL: "hdfs://nn:8020/p", Size: 1, Timestamp: 1},
		Nodes:   running(b.client)})
	return b
}

func (b *bed) submit() rmclient.Token {
	b.Helper()
	id, _, err := b.client.NewApplication(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.app = id
	s := rmclient.SubmissionContext{ID: id, Queue: "default", Unmanaged: true}
	if err := b.client.Submit(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	return b.report().AMRMToken
}

func (b *bed) report() rmclient.ApplicationReport {
	b.Helper()
	r, err := b.client.Report(b.Context(), b.app)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (b *bed) make(c Config) *Cluster {
	b.Helper()
	c.Kill = func(ctx context.Context, reason string) error {
		return b.client.Kill(ctx, b.app, reason)
	}
	cluster, err := New(c)
	if err != nil {
		b.Fatal(err)
	}
	return cluster
}

// start registers the application, and sees to its end.
func (b *bed) start() *bed {
	b.Helper()
	if err := b.cluster.Start(b.Context(), b.events); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := b.finish(context.Background(), containers.Final{}); err != nil {
			b.Error(err)
		}
	})
	return b
}

// finish drains events while the cluster finishes.
func (b *bed) finish(ctx context.Context, f containers.Final) error {
	done := make(chan error, 1)
	go func() { done <- b.cluster.Finish(ctx, f) }()
	for {
		select {
		case err := <-done:
			return err
		case e := <-b.events:
			b.seen = append(b.seen, e)
		}
	}
}

func (b *bed) want(asks ...containers.Ask) {
	b.Helper()
	if err := b.cluster.Want(b.Context(), asks); err != nil {
		b.Fatal(err)
	}
}

// next waits for an event of a type and passes others over.
func next[E containers.Event](b *bed) E {
	b.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		select {
		case e := <-b.events:
			if found, ok := e.(E); ok {
				return found
			}
			b.seen = append(b.seen, e)
		case <-limit.C:
			var want E
			b.Fatalf("no %T came, but %+v", want, b.seen)
		}
	}
}

// given waits for n containers.
func (b *bed) given(n int) []containers.Container {
	b.Helper()
	var out []containers.Container
	for len(out) < n {
		out = append(out, next[containers.Allocated](b).Containers...)
	}
	if len(out) > n {
		b.Fatalf("%d containers, want %d: %v", len(out), n, out)
	}
	return out
}

func (b *bed) launch(c containers.Container, executor int32) {
	b.Helper()
	err := b.cluster.Launch(b.Context(), c.ID, containers.Launch{Executor: executor,
		Driver: "driver:1", Host: c.Host, Slots: 2, Resource: c.Resource, Identity: b.id})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bed) rmID(id containers.ID) rmclient.ContainerID {
	b.Helper()
	out, err := rmclient.ParseContainerID(string(id))
	if err != nil {
		b.Fatal(err)
	}
	return out
}

const yarnException = "org.apache.hadoop.yarn.exceptions.YarnException"

// says reports whether there is an error with such a text.
func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

func ask(count int, hosts ...containers.HostCount) containers.Ask {
	return containers.Ask{Resource: resource.Make(1024, 2), Count: count, Hosts: hosts}
}

func twoNodes() rmtest.Options {
	return rmtest.Options{Nodes: []rmtest.Node{
		{Host: "node1", Rack: "/r1"}, {Host: "node2", Rack: "/r2"},
	}}
}

func TestContainersComeSpreadOverTheHosts(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(4))
	perHost := map[string]int{}
	for _, c := range b.given(4) {
		perHost[c.Host+c.Rack]++
		if diff := cmp.Diff(resource.Make(1024, 2), c.Resource); diff != "" {
			t.Errorf("resource %s", diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"node1/r1": 2, "node2/r2": 2}, perHost); diff != "" {
		t.Error(diff)
	}
	b.rm.Wait(t, "no asks left", func() bool { return len(b.rm.Asks(b.app)) == 0 })
}

func TestContainersComeWhereTheDataIs(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(2, containers.HostCount{Host: "node2", Count: 2}))
	for _, c := range b.given(2) {
		if c.Host != "node2" {
			t.Errorf("%s", c)
		}
	}
}

func TestAsksNameHostRackAndAnywhere(t *testing.T) {
	o := twoNodes()
	o.Nodes[0].Size = rmclient.Resource{MemoryMB: 512, VCores: 8} // no room: the ask stays open
	o.Nodes[1].Size = rmclient.Resource{MemoryMB: 1500, VCores: 8}
	b := newBed(t, o).start()
	b.want(ask(2, containers.HostCount{Host: "node1", Count: 1}))
	b.given(1)
	var rows []string
	b.rm.Wait(t, "one container to come", func() bool {
		rows = nil
		for _, a := range b.rm.Asks(b.app) {
			rows = append(rows, strings.TrimSpace(a.Place+" "+a.Size.String()))
		}
		return slices.Contains(rows, "* 1024MB 2vcores")
	})
	b.want() // nothing any more
	b.rm.Wait(t, "asks are taken back", func() bool { return len(b.rm.Asks(b.app)) == 0 })
}

func TestWantIsAbsolute(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(1))
	first := b.given(1)[0]
	b.want(ask(3))
	b.given(2)
	b.want(ask(3)) // the same again brings nothing
	if err := b.cluster.Release(t.Context(), []containers.ID{first.ID}); err != nil {
		t.Fatal(err)
	}
	e := next[containers.Completed](b)
	if e.ID != first.ID || e.Reason != containers.ReasonReleased || e.CausedByApp {
		t.Errorf("%s", e)
	}
	b.given(1) // in its place
}

func TestExecutorGetsWhatItMustKnow(t *testing.T) {
	launches := make(chan rmtest.Launch, 1)
	o := rmtest.Options{Run: func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
		launches <- l
		<-ctx.Done()
		return 143
	}}
	b := newBed(t, o).start()
	b.cluster.config.Credentials = rmclient.Credentials{
		Tokens: map[rmclient.Alias]rmclient.Token{
			"hdfs": {Kind: rmclient.HDFSDelegationTokenKind, Identifier: []byte("h"), Password: []byte("p")},
			"":     {Kind: rmclient.AMRMTokenKind, Identifier: []byte("a"), Password: []byte("p")},
		},
		Secrets: map[rmclient.Alias][]byte{"weft.spec": []byte("the driver's own")},
	}
	b.want(ask(1))
	c := b.given(1)[0]
	b.launch(c, 7)
	l := <-launches
	if !slices.Equal(l.Command, submit.Command()) {
		t.Errorf("command %q", l.Command)
	}
	_, leaked := l.Credentials.Token(rmclient.AMRMTokenKind)
	if leaked || len(l.Credentials.Tokens) != 1 || len(l.Credentials.Secrets) != 1 {
		t.Errorf("credentials %+v", l.Credentials)
	}
	got, err := Executor(inContainer(t, l))
	if err != nil {
		t.Fatal(err)
	}
	if got.Identity.Fingerprint() != b.id.Fingerprint() {
		t.Error("another identity")
	}
	got.Identity = nil
	want := containers.Launch{Executor: 7, Driver: "driver:1", Host: c.Host, Slots: 2,
		Resource: c.Resource, Dirs: []string{"/d1/app", "/d2/app"}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(&identity.Identity{})); diff != "" {
		t.Error(diff)
	}
}

// inContainer is the environment a NodeManager gives a container.
func inContainer(t *testing.T, l rmtest.Launch) func(string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "container_tokens")
	if err := os.WriteFile(file, l.Credentials.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"LOCAL_DIRS": "/d1/app,/d2/app", "HADOOP_TOKEN_FILE_LOCATION": file,
		"CONTAINER_ID": l.Container.String()}
	for name, value := range l.Environment {
		env[name] = value
	}
	getenv := func(name string) string { return env[name] }
	if !InContainer(getenv) {
		t.Error("not in a container")
	}
	return getenv
}

func TestExecutorRefusesHalfAnEnvironment(t *testing.T) {
	l := containers.Launch{Executor: 1, Driver: "d:1", Host: "h", Slots: 1}
	env := map[string]string{envLocalDirs: "relative",
		envCredentials: filepath.Join(t.TempDir(), "none")}
	for _, pair := range l.Env() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	getenv := func(name string) string { return env[name] }
	if _, err := Executor(getenv); !says(err, "LOCAL_DIRS names no directory") {
		t.Errorf("without directories: %v", err)
	}
	env[envLocalDirs] = "/d"
	if _, err := Executor(getenv); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without credentials: %v", err)
	}
}

func TestStartThatFailsGivesTheContainerBack(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.want(ask(1))
	c := b.given(1)[0]
	b.rm.Fail("startContainers", yarnException, "no disk")
	b.launch(c, 1)
	e := next[containers.Completed](b)
	if e.ID != c.ID || e.Reason != containers.ReasonStartFailed ||
		!strings.Contains(e.Diagnostics, "no disk") {
		t.Errorf("%s", e)
	}
	again := b.given(1)[0] // in its place, a moment later
	b.launch(again, 2)
	err := b.cluster.Launch(t.Context(), c.ID, containers.Launch{Identity: b.id})
	if !errors.Is(err, containers.ErrUnknown) {
		t.Errorf("launch in a container that is gone: %v", err)
	}
}

func TestProgramThatNeverStartsEndsTheApplication(t *testing.T) {
	o := rmtest.Options{Run: func(context.Context, rmtest.Launch) rmclient.ExitStatus {
		return exitNotFound
	}}
	b := newBed(t, o).start()
	err := b.cluster.ask(t.Context(), func(l *loop) error {
		l.setbacks = setbacks{starts: startTries - 1, until: time.Now()} // the rounds before took seconds
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.want(ask(1))
	b.launch(b.given(1)[0], 1)
	if e := next[containers.Down](b); !strings.Contains(e.Err.Error(), "executors cannot be started") {
		t.Error(e.Err)
	}
}

func TestExecutorThatCrashesIsReplaced(t *testing.T) {
	exits := make(chan rmclient.ExitStatus)
	o := rmtest.Options{Run: func(ctx context.Context, _ rmtest.Launch) rmclient.ExitStatus {
		select {
		case e := <-exits:
			return e
		case <-ctx.Done():
			return 143
		}
	}}
	b := newBed(t, o).start()
	b.want(ask(1))
	b.launch(b.given(1)[0], 1)
	exits <- 2
	e := next[containers.Completed](b)
	if e.Reason != containers.ReasonExited || e.ExitCode != 2 || !e.CausedByApp {
		t.Errorf("%s", e)
	}
	b.given(1)
}

func TestReleasedExecutorIsStopped(t *testing.T) {
	stopped := make(chan struct{})
	o := rmtest.Options{Run: func(ctx context.Context, _ rmtest.Launch) rmclient.ExitStatus {
		<-ctx.Done()
		close(stopped)
		return 143
	}}
	b := newBed(t, o).start()
	b.want(ask(1))
	c := b.given(1)[0]
	b.launch(c, 1)
	b.rm.Wait(t, "the executor runs", func() bool { return b.rm.Calls("startContainers") == 1 })
	b.want()
	if err := b.cluster.Release(t.Context(), []containers.ID{c.ID, "container_unknown"}); err != nil {
		t.Fatal(err)
	}
	<-stopped
	if e := next[containers.Completed](b); e.Reason != containers.ReasonReleased || e.CausedByApp {
		t.Errorf("%s", e)
	}
}

func TestLostNodeIsToldBeforeItsContainers(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(1, containers.HostCount{Host: "node2", Count: 1}))
	b.launch(b.given(1)[0], 1)
	b.rm.Wait(t, "the executor runs", func() bool { return b.rm.Calls("startContainers") == 1 })
	b.rm.LoseNode("node2")
	if e := next[containers.NodeLost](b); e.Host != "node2" {
		t.Errorf("%+v", e)
	}
	if e := next[containers.Completed](b); e.Reason != containers.ReasonNodeLost || e.CausedByApp {
		t.Errorf("%s", e)
	}
	if c := b.given(1)[0]; c.Host != "node1" {
		t.Errorf("replaced by %s", c)
	}
}

func TestPreemptionIsPassedOnOnce(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(2))
	all := b.given(2)
	b.rm.Preempt(b.app, true, b.rmID(all[0].ID))
	e := next[containers.Preempt](b)
	if !slices.Equal(e.Containers, []containers.ID{all[0].ID}) || e.Count != 0 {
		t.Errorf("%+v", e)
	}
	b.rm.Preempt(b.app, true, b.rmID(all[0].ID)) // as the FairScheduler repeats it
	b.rm.Preempt(b.app, false, b.rmID(all[1].ID))
	e = next[containers.Preempt](b)
	if len(e.Containers) != 0 || e.Count != 1 || e.Resource.Memory != 1024 {
		t.Errorf("%+v", e)
	}
}

func TestTooLargeIsRefusedAtOnce(t *testing.T) {
	b := newBed(t, rmtest.Options{ResourceTypes: []string{"yarn.io/gpu"}}).start()
	for _, v := range []resource.Vector{
		resource.Make(8193, 1),
		resource.Make(100, 9),
		resource.Make(100, 1, resource.Amount{Name: "acme.com/widget", Count: 1}),
	} {
		err := b.cluster.Want(t.Context(), []containers.Ask{{Resource: v, Count: 1}})
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", v, err)
		}
	}
	b.want(ask(1)) // and nothing is broken
	b.given(1)
}

func TestExecutorsOutliveARestartOfTheResourceManager(t *testing.T) {
	b := newBed(t, twoNodes()).start()
	b.want(ask(1))
	b.launch(b.given(1)[0], 1)
	b.rm.Wait(t, "the executor runs", func() bool { return b.rm.Calls("startContainers") == 1 })
	b.rm.RestartRM()
	b.want(ask(2))
	b.given(1) // one more, and the first has not completed
	for _, e := range b.seen {
		if c, ended := e.(containers.Completed); ended {
			t.Errorf("%s", c)
		}
	}
}

func TestFencedAttemptGoesDownAndTouchesNothing(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.rm.NewAttempt(b.app)
	b.want(ask(1)) // so that the next heartbeat is soon
	if e := next[containers.Down](b); !errors.Is(e.Err, rmclient.ErrFenced) {
		t.Errorf("%v", e.Err)
	}
	if err := b.finish(t.Context(), containers.Final{Status: containers.Failed}); err != nil {
		t.Error(err)
	}
	if r := b.report(); r.State.Ended() {
		t.Errorf("the other attempt's application is %s", r.State)
	}
}

func TestFinishTellsHowItEnded(t *testing.T) {
	for status, want := range map[containers.Status]rmclient.FinalStatus{
		containers.Succeeded: rmclient.Succeeded, containers.Failed: rmclient.FailedStatus,
		containers.Killed: rmclient.KilledStatus,
	} {
		b := newBed(t, rmtest.Options{}).start()
		b.want(ask(2))
		b.launch(b.given(2)[0], 1)
		b.cluster.Progress(0.5)
		if err := b.finish(t.Context(), containers.Final{Status: status, Diagnostics: "so"}); err != nil {
			t.Error(err)
		}
		if r := b.report(); r.State != rmclient.Finished || r.Final != want || r.Diagnostics != "so" {
			t.Errorf("%s: %+v", status, r)
		}
		ended := 0
		for _, e := range b.seen {
			if c, ok := e.(containers.Completed); ok && c.Reason == containers.ReasonReleased {
				ended++
			}
		}
		if ended != 2 {
			t.Errorf("%d containers completed: %+v", ended, b.seen)
		}
	}
}

func TestFinishKillsWhatItCannotUnregister(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.finish(ctx, containers.Final{Status: containers.Killed})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if r := b.report(); r.State != rmclient.Killed {
		t.Errorf("state %s", r.State)
	}
	b.cluster.finished = nil // told above
}

func TestFailedStartLeavesNoApplication(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	b.rm.Fail("registerApplicationMaster", yarnException, "no more")
	if err := b.cluster.Start(t.Context(), b.events); !says(err, "no more") {
		t.Errorf("start: %v", err)
	}
	if err := b.cluster.Want(t.Context(), nil); !errors.Is(err, errNotStarted) {
		t.Errorf("want: %v", err)
	}
	if err := b.finish(t.Context(), containers.Final{Status: containers.Failed}); err != nil {
		t.Error(err)
	}
	if r := b.report(); r.State != rmclient.Killed {
		t.Errorf("state %s", r.State)
	}
}

func TestProgressReachesTheResourceManager(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	b.cluster.Progress(0.25)
	b.want(ask(1))
	b.given(1)
	b.rm.Wait(t, "progress", func() bool { return b.report().Progress == 0.25 })
}

func TestCallsAfterFinishFail(t *testing.T) {
	b := newBed(t, rmtest.Options{}).start()
	if err := b.finish(t.Context(), containers.Final{}); err != nil {
		t.Fatal(err)
	}
	if err := b.cluster.Want(t.Context(), nil); !errors.Is(err, errFinished) {
		t.Errorf("got %v", err)
	}
}
