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

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
	"github.com/weft-data/weft/submit"
)

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
	b.want(executors(1))
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

func TestExecutorsRunInTheImage(t *testing.T) {
	launches := make(chan rmtest.Launch, 1)
	o := rmtest.Options{Run: func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
		launches <- l
		<-ctx.Done()
		return 143
	}}
	b := newBed(t, o, "weft.yarn.docker.image=debian:12", "weft.yarn.docker.mounts=/data:/data:ro").start()
	b.want(executors(1))
	b.launch(b.given(1)[0], 1)
	env := (<-launches).Environment
	if env["YARN_CONTAINER_RUNTIME_TYPE"] != "docker" ||
		env["YARN_CONTAINER_RUNTIME_DOCKER_IMAGE"] != "debian:12" ||
		env["YARN_CONTAINER_RUNTIME_DOCKER_MOUNTS"] != "/data:/data:ro" ||
		env[containers.EnvExecutor] != "1" {
		t.Errorf("%q", env)
	}
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
	b.want(executors(1))
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
	b.want(executors(1))
	b.launch(b.given(1)[0], 1)
	if e := next[containers.Down](b); !strings.Contains(e.Err.Error(), "executors cannot be started") {
		t.Error(e.Err)
	}
}

func TestReleasedExecutorIsStopped(t *testing.T) {
	stopped := make(chan struct{})
	o := rmtest.Options{Run: func(ctx context.Context, _ rmtest.Launch) rmclient.ExitStatus {
		<-ctx.Done()
		close(stopped)
		return 143
	}}
	b := newBed(t, o).start()
	b.want(executors(1))
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
