package submit

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bed is a scripted cluster with a staging directory.
type bed struct {
	*site
	rm *rmtest.Cluster
}

func newBed(t *testing.T, o rmtest.Options) *bed {
	t.Setenv("HADOOP_USER_NAME", "ann")
	return &bed{site: newSite(t), rm: rmtest.Start(t, o)}
}

// request is for the bed's cluster with settings of the test's.
func (b *bed) request(pairs ...string) Request {
	h := conf.NewHadoop()
	c := b.rm.Config()
	h.Set("yarn.resourcemanager.address", c.ClientAddresses[0], "test")
	h.Set("yarn.resourcemanager.scheduler.address", c.SchedulerAddresses[0], "test")
	return Request{
		Program: b.program, Args: []string{"in", "out put"}, Hadoop: h,
		Conf: settings(b, append(pairs, "weft.yarn.stagingDir=file://"+b.root)...),
	}
}

// applications are all the cluster knows.
func (b *bed) applications() []rmclient.ApplicationReport {
	b.Helper()
	client, err := rmclient.NewClient(b.rm.Config())
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	all, err := client.Applications(b.Context(), rmclient.Filter{})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// says reports whether there is an error with such a text.
func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// untouched fails the test if a refused submission left something.
func (b *bed) untouched() {
	b.Helper()
	for _, a := range b.applications() {
		if !a.State.Ended() {
			b.Errorf("left %s %s", a.ID, a.State)
		}
	}
	if got := b.staged(); len(got) != 0 {
		b.Errorf("left %v", got)
	}
}

func TestClusterModeStartsTheDriverWithItsJob(t *testing.T) {
	launches := make(chan rmtest.Launch, 1)
	b := newBed(t, rmtest.Options{Queues: []string{"default", "prod"},
		Run: func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
			launches <- l
			<-ctx.Done()
			return 143
		}})
	app, err := Cluster(t.Context(), b.request("weft.yarn.queue=prod", "weft.app.name=nightly",
		"weft.driver.memory=512m", "weft.yarn.tags=a,b", "weft.executor.instances=7"))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	l := <-launches
	want := "exec ./program 1><LOG_DIR>/stdout 2><LOG_DIR>/stderr"
	if got := strings.Join(l.Command, " "); got != want {
		t.Errorf("command %s", got)
	}
	if diff := cmp.Diff(map[string]string{"WEFT_ROLE": "driver"}, l.Environment); diff != "" {
		t.Errorf("environment: %s", diff)
	}
	if l.Size.MemoryMB != 512+64 || !slices.Equal(l.Resources, []string{"program"}) {
		t.Errorf("size %s, resources %v", l.Size, l.Resources)
	}
	job, id, err := ReadJob(l.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	if job.Name != "nightly" || job.User != "ann" || id.Fingerprint() == "" ||
		!slices.Equal(job.Args, []string{"in", "out put"}) ||
		conf.ExecutorInstances.Get(job.Conf) != 7 {
		t.Errorf("job %+v", job)
	}
	r := b.applications()[0]
	if r.Name != "nightly" || r.Type != "WEFT" || r.Queue != "prod" || r.User != "ann" ||
		!slices.Equal(r.Tags, []string{"a", "b"}) {
		t.Errorf("report %+v", r)
	}
	if err := app.Kill(t.Context(), "enough"); err != nil {
		t.Error(err)
	}
	report, err := app.Wait(t.Context(), time.Second, nil)
	if err != nil || !errors.Is(Outcome(report), ErrKilled) {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestBadInputIsRefusedAndLeavesNothing(t *testing.T) {
	for _, c := range []struct {
		name, pair string
		want       error
		text       string
	}{
		{"memory", "weft.executor.memory=20g", ErrTooLarge, "lower weft.executor.memory"},
		{"cores", "weft.executor.cores=9", ErrTooLarge, "which has 8; lower weft.executor.cores"},
		{"the driver's memory", "weft.driver.memory=8g", ErrTooLarge, "has 8192 MB; lower weft.driver.memory"},
		{"an unknown queue", "weft.yarn.queue=nosuch", rmclient.ErrQueue, "no queue nosuch"},
		{"a label", "weft.yarn.executor.nodeLabelExpression=y", ErrLabel,
			"queue default may use x, not weft.yarn.executor.nodeLabelExpression=y"},
		{"the driver's label", "weft.yarn.am.nodeLabelExpression=y", ErrLabel, "may use x, not"},
		{"an image", "weft.yarn.docker.image=a b", ErrImage, "weft.yarn.docker.image"},
		// The parent is known, so only the scheduler can tell; it answers after the upload.
		{"nobody's queue", "weft.yarn.queue=default.nosuch", rmclient.ErrQueue, "unknown queue: default."},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, rmtest.Options{Labels: []string{"x"}})
			_, err := Cluster(t.Context(), b.request(c.pair))
			if !errors.Is(err, c.want) || !says(err, c.text) || says(err, "\n") {
				t.Errorf("got %v", err)
			}
			b.untouched()
		})
	}
}

func TestNobodyAtTheAddress(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	r := b.request("weft.yarn.connect.timeout=200ms")
	r.Hadoop.Set("yarn.resourcemanager.address", address, "test")
	_, err = Cluster(t.Context(), r)
	if !errors.Is(err, rmclient.ErrUnreachable) || !strings.Contains(err.Error(), address) {
		t.Errorf("got %v", err)
	}
	b.untouched()
}

func TestSubmissionGivenUpLeavesNothing(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b.rm.Fail("getApplicationReport", "org.apache.hadoop.yarn.exceptions.YarnException", "confused")
	if _, err := Cluster(ctx, b.request()); !says(err, "confused") {
		t.Errorf("got %v", err)
	}
	b.untouched()
	if all := b.applications(); len(all) != 1 || all[0].State != rmclient.Killed {
		t.Errorf("applications %+v", all)
	}
}

func TestClientModeRegistersFromThisProcess(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	a, err := Unmanaged(t.Context(), b.request())
	if err != nil {
		t.Fatal(err)
	}
	if !b.applications()[0].Unmanaged || a.User != "ann" || a.Program.Size != b.program.Size {
		t.Errorf("attempt %+v", a)
	}
	master, err := rmclient.NewMaster(a.RM, a.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if _, err := master.Register(t.Context(), rmclient.Registration{}); err != nil {
		t.Fatal(err)
	}
	if err := master.Finish(t.Context(), rmclient.Finish{Status: rmclient.Succeeded}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if r := b.applications()[0]; Outcome(r) != nil {
		t.Errorf("outcome %v", Outcome(r))
	}
}

func TestClosingAnAttemptEndsIt(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	a, err := Unmanaged(ctx, b.request())
	if err != nil {
		t.Fatal(err)
	}
	cancel() // as ^C does
	if err := a.Close(ctx); err != nil {
		t.Error(err)
	}
	if r := b.applications()[0]; r.State != rmclient.Killed {
		t.Errorf("state %s", r.State)
	}
}

func TestClientModeNeedsRPC(t *testing.T) {
	b := newBed(t, rmtest.Options{})
	if _, err := Unmanaged(t.Context(), b.request("weft.submit.via=rest")); !errors.Is(err, errNoREST) {
		t.Errorf("got %v", err)
	}
	b.untouched()
}

func TestOutcome(t *testing.T) {
	id := rmclient.ApplicationID{ClusterTimestamp: 1, ID: 2}
	for _, c := range []struct {
		state rmclient.State
		final rmclient.FinalStatus
		want  error
	}{
		{rmclient.Finished, rmclient.Succeeded, nil},
		{rmclient.Finished, rmclient.FailedStatus, ErrFailed},
		{rmclient.Finished, rmclient.KilledStatus, ErrKilled},
		{rmclient.Failed, rmclient.FailedStatus, ErrFailed},
		{rmclient.Killed, rmclient.KilledStatus, ErrKilled},
	} {
		r := rmclient.ApplicationReport{ID: id, State: c.state, Final: c.final, Diagnostics: "because\n"}
		err := Outcome(r)
		if !errors.Is(err, c.want) || err != nil && !says(err, id.String()+": ") {
			t.Errorf("%s %s: %v", c.state, c.final, err)
		}
	}
	running := rmclient.ApplicationReport{ID: id, State: rmclient.Running}
	if err := Outcome(running); !says(err, "has not ended") {
		t.Errorf("running: %v", err)
	}
}

func TestProtectionIsNeverWeakerThanConfigured(t *testing.T) {
	for least, want := range map[string][]rmclient.QOP{
		"authentication": {rmclient.Authentication, rmclient.Integrity, rmclient.Privacy},
		"integrity":      {rmclient.Integrity, rmclient.Privacy},
		"privacy":        {rmclient.Privacy},
	} {
		if got := protections(least); !slices.Equal(got, want) {
			t.Errorf("%s: %v", least, got)
		}
	}
}

func TestRMConfigKnowsEveryResourceManager(t *testing.T) {
	h := conf.NewHadoop()
	for key, value := range map[string]string{
		"yarn.resourcemanager.ha.enabled": "true", "yarn.resourcemanager.ha.rm-ids": "a,b",
		"yarn.resourcemanager.hostname.a": "rm1", "yarn.resourcemanager.hostname.b": "rm2",
		"yarn.http.policy": "HTTPS_ONLY",
	} {
		h.Set(key, value, "test")
	}
	c, err := RMConfig(h, settings(t, "weft.yarn.connect.timeout=5s"), "ann", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := [][]string{c.ClientAddresses, c.SchedulerAddresses, c.WebAddresses}
	want := [][]string{{"rm1:8032", "rm2:8032"}, {"rm1:8030", "rm2:8030"},
		{"https://rm1:8090", "https://rm2:8090"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.RetryFor != 5*time.Second || c.DialTimeout > c.RetryFor {
		t.Errorf("config %+v", c)
	}
}
