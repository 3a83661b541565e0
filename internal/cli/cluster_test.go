package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// process is what runs in a container.
type process = func(context.Context, rmtest.Launch) rmclient.ExitStatus

// yarn is a world with a cluster in this process whose containers run the function.
func yarn(t *testing.T, run process) (*world, *rmtest.Cluster) {
	t.Helper()
	w := newWorld(t)
	t.Setenv("HADOOP_USER_NAME", w.env["HADOOP_USER_NAME"]) // package submit asks the process
	c := rmtest.Start(t, rmtest.Options{Run: run})
	w.cluster(c)
	return w, c
}

// cluster makes the world's configuration lead to the cluster, with a local default file system.
func (w *world) cluster(c *rmtest.Cluster, more ...string) {
	w.t.Helper()
	config := c.Config()
	w.hadoop(append([]string{
		"fs.defaultFS", "file:///", "yarn.resourcemanager.address", config.ClientAddresses[0],
		"yarn.resourcemanager.scheduler.address", config.SchedulerAddresses[0],
	}, more...)...)
	w.env["WEFT_YARN_STAGING_DIR"] = w.dir
	w.env["WEFT_YARN_CONNECT_TIMEOUT"] = "5s"
	w.env["WEFT_YARN_REPORT_INTERVAL"] = "20ms"
}

// finishing is an AM that registers and unregisters with a status.
func finishing(c **rmtest.Cluster, status rmclient.FinalStatus, why string) process {
	return func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
		token, _ := l.Credentials.Token(rmclient.AMRMTokenKind)
		master, err := rmclient.NewMaster((*c).Config(), token, nil)
		if err != nil {
			return 1
		}
		defer master.Close()
		me := rmclient.Registration{Host: "h", TrackingURL: "http://h:1"}
		if _, err := master.Register(ctx, me); err != nil {
			return 1
		}
		if master.Finish(ctx, rmclient.Finish{Status: status, Diagnostics: why}) != nil {
			return 1
		}
		return 0
	}
}

var (
	anyID   = regexp.MustCompile(`application_\d+_`)
	anyTime = regexp.MustCompile(`\d+(\.\d+)? (ms|s)\b`)
)

// plain replaces what differs between runs.
func (w *world) plain(s string) string {
	s = strings.ReplaceAll(s, w.dir, "DIR")
	return anyTime.ReplaceAllString(anyID.ReplaceAllString(s, "application_T_"), "TIME")
}

func TestSubmitToTheClusterAndWait(t *testing.T) {
	for _, c := range []struct {
		status rmclient.FinalStatus
		why    string
		code   int
		want   []string
	}{
		{rmclient.Succeeded, "", 0, []string{"application_T_0001: FINISHED\n",
			"application_T_0001: final status SUCCEEDED after TIME\n"}},
		{rmclient.FailedStatus, "driver: no such file", 1, []string{
			"application_T_0001: final status FAILED after TIME\nweft: application_T_0001: application " +
				"failed: driver: no such file; see weft logs application_T_0001\n"}},
	} {
		var cluster *rmtest.Cluster
		started := make(chan struct{})
		w, cluster2 := yarn(t, func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
			<-started
			return finishing(&cluster, c.status, c.why)(ctx, l)
		})
		cluster = cluster2
		close(started)
		r := w.run("submit", "--master", "yarn", "--deploy-mode", "cluster", w.program("p"), "in", "-x")
		if r.code != c.code || r.out != "" {
			t.Errorf("exit %d, stdout %q, stderr %s", r.code, r.out, r.err)
		}
		for _, want := range c.want {
			if !strings.Contains(w.plain(r.err), want) {
				t.Errorf("stderr lacks %q:\n%s", want, w.plain(r.err))
			}
		}
	}
}

// TestBadPoolFileIsFoundBeforeSubmission covers S90 for cluster mode: whatever is wrong with the
// allocation file is an error of the submission, with exit code 2, and nothing is submitted.
func TestBadPoolFileIsFoundBeforeSubmission(t *testing.T) {
	w, _ := yarn(t, nil)
	for _, c := range []struct{ content, want string }{
		{"<allocations>\n<pool name=\"a\">\n</allocations>", "line 3: not well-formed XML"},
		{`<!DOCTYPE a [<!ENTITY x "y">]><allocations>&x;</allocations>`, "line 1:"},
		{strings.Repeat("<a>", 200), "deep"},
		{strings.Repeat("<a/>", 1<<20), "more than 1048576 bytes"},
	} {
		url := w.file("pools.xml", c.content, 0o644)
		r := w.run("submit", "--master", "yarn", "--deploy-mode", "cluster", "--conf",
			"weft.scheduler.mode=FAIR", "--conf", "weft.scheduler.allocation.file="+url, w.program("p"))
		if r.code != exitUsage || strings.Count(r.err, "\n") != 1 ||
			!strings.Contains(r.err, "read the pools (weft.scheduler.allocation.file)") ||
			!strings.Contains(r.err, c.want) {
			t.Errorf("exit %d, want %q in %s", r.code, c.want, r.err)
		}
	}
	w.fails(exitUsage, "read the pools (weft.scheduler.allocation.file): stat DIR/none: no such file "+
		"or directory; the driver runs on the cluster, so put the file on HDFS", "submit", "--master", "yarn",
		"--deploy-mode", "cluster", "--conf", "weft.scheduler.mode=FAIR", "--conf",
		"weft.scheduler.allocation.file="+w.dir+"/none", w.program("p"))
	if out := w.ok("list"); strings.Contains(out, "application_") {
		t.Errorf("submitted:\n%s", out)
	}
}

func TestSubmitAndDetach(t *testing.T) {
	w, c := yarn(t, nil)
	id := strings.TrimSpace(w.ok("submit", "--master", "yarn", "--deploy-mode", "cluster", "--detach",
		"--name", "words", w.program("p")))
	if _, err := rmclient.ParseApplicationID(id); err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(strings.Split(w.ok("list"), "\n")[1])
	if strings.Join(fields[:5], " ") != id+" words alice default ACCEPTED" {
		t.Errorf("list has %q", fields)
	}
	for _, line := range []string{"state +ACCEPTED", "name +words", "user +alice", "attempt +1"} {
		if out := w.ok("status", id); !regexp.MustCompile("(?m)^" + line + "$").MatchString(out) {
			t.Errorf("status lacks %s:\n%s", line, out)
		}
	}
	if out := w.ok("kill", id, "--reason", "a test"); out != id+" killed\n" {
		t.Errorf("kill printed %q", out)
	}
	if out := w.ok("kill", id); out != id+" had ended before: KILLED\n" {
		t.Errorf("kill again printed %q", out)
	}
	if out := w.ok("list"); strings.Count(out, "\n") != 1 {
		t.Errorf("list still has %s", out)
	}
	var rows []appRow
	if err := json.Unmarshal([]byte(w.ok("list", "--all", "-o", "json")), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].ID != id || rows[0].State != "KILLED" || rows[0].Type != "WEFT" {
		t.Errorf("rows %+v", rows)
	}
	if n := c.Calls("submitApplication"); n != 1 {
		t.Errorf("submitted %d times", n)
	}
}

func TestInterruptWhileWaitingLeavesTheApplication(t *testing.T) {
	w, c := yarn(t, nil)
	ctx, cancel := context.WithCancelCause(context.Background())
	var out, errs buffer
	done := make(chan int)
	go func() {
		done <- w.start(ctx, &out, &errs, "submit", "--master", "yarn", "--deploy-mode", "cluster",
			w.program("p"))
	}()
	c.Wait(t, "a look at the application", func() bool {
		return strings.Contains(errs.String(), "ACCEPTED")
	})
	cancel(errInterrupted)
	if code := <-done; code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
	want := "weft: stopped waiting; application_T_0001 runs on: weft status application_T_0001 shows " +
		"it, weft kill application_T_0001 ends it\n"
	if got := w.plain(errs.String()); !strings.HasSuffix(got, want) {
		t.Errorf("stderr %s", got)
	}
	if list := w.ok("list"); !strings.Contains(list, "ACCEPTED") {
		t.Errorf("list is\n%s", list)
	}
}

func TestSubmitRefusedByTheCluster(t *testing.T) {
	w, c := yarn(t, nil)
	program := w.program("p")
	for _, x := range []struct {
		flags, want string
	}{
		{"--queue nosuch", "queue nosuch"},
		{"--executor-memory 100g", "weft.executor.memory"},
		{"--executor-cores 99", "weft.executor.cores"},
		{"--driver-memory 100g", "weft.driver.memory"},
	} {
		args := "submit --master yarn --deploy-mode cluster " + x.flags + " " + program
		r := w.run(strings.Fields(args)...)
		if r.code != exitUsage || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, x.want) {
			t.Errorf("%s: exit %d, stderr %s", x.flags, r.code, r.err)
		}
		t.Logf("%s: %s", x.flags, strings.TrimSpace(r.err))
	}
	if out := w.ok("list"); strings.Count(out, "\n") != 1 {
		t.Errorf("left behind:\n%s", out)
	}
	if staged, _ := filepath.Glob(w.dir + "/.weft/cache/*/program"); len(staged) > 0 {
		t.Errorf("left behind: %q", staged)
	}
	if n := c.Calls("submitApplication"); n > 1 {
		t.Errorf("submitted %d times", n)
	}
}

func TestSecondSubmitUploadsNothing(t *testing.T) {
	w, _ := yarn(t, nil)
	args := []string{"submit", "--master", "yarn", "--deploy-mode", "cluster", "--detach",
		w.program("p")}
	w.ok(args...)
	staged, err := filepath.Glob(w.dir + "/.weft/cache/*/program")
	if err != nil || len(staged) != 1 {
		t.Fatalf("staged %q, %v", staged, err)
	}
	before, err := os.Stat(staged[0])
	if err != nil {
		t.Fatal(err)
	}
	w.ok(args...)
	after, err := os.Stat(staged[0])
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the program was written again, %v", err)
	}
}

func TestTheResourceManagerIsNotThere(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nobody listens there now
	w.hadoop("yarn.resourcemanager.address", address, "fs.defaultFS", "file:///")
	w.env["WEFT_YARN_CONNECT_TIMEOUT"] = "50ms"
	w.env["WEFT_YARN_STAGING_DIR"] = w.dir
	for _, args := range []string{"list", "status application_1_0001", "kill application_1_0001",
		"logs application_1_0001", "submit --master yarn --deploy-mode cluster " + w.program("p")} {
		r := w.run(strings.Fields(args)...)
		if r.code == 0 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, address) ||
			!strings.Contains(r.err, "weft conf explain yarn.resourcemanager.address") {
			t.Errorf("weft %s: exit %d, stderr %s", args, r.code, r.err)
		}
	}
}

func TestAnApplicationNobodyKnows(t *testing.T) {
	w, _ := yarn(t, nil)
	for _, command := range []string{"status", "kill"} {
		r := w.run(command, "application_1_0001")
		if r.code != exitFailed || !strings.HasSuffix(r.err, "; weft list --all shows the applications "+
			"that the ResourceManager remembers\n") {
			t.Errorf("%s: exit %d, stderr %s", command, r.code, r.err)
		}
	}
}

func TestKillGoesOnAfterAnError(t *testing.T) {
	w, _ := yarn(t, nil)
	id := strings.TrimSpace(w.ok("submit", "--master", "yarn", "--deploy-mode", "cluster", "--detach",
		w.program("p")))
	r := w.run("kill", "application_1_0001", id, "application_1_0002")
	if r.code != exitFailed || r.out != id+" killed\n" || strings.Count(r.err, "\n") != 2 ||
		!bytes.Contains([]byte(r.err), []byte("application_1_0001")) {
		t.Errorf("exit %d, stdout %q, stderr %q", r.code, r.out, r.err)
	}
}
