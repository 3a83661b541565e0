package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

// The container of the aggregated file under ../yarnlogs/testdata, and what it wrote.
const (
	logged     = "container_1795247618328_0028_01_000001"
	wroteLine  = "stage 0 done\n"
	warnedLine = "warning über 0\n"
)

// web is the ResourceManager's and a NodeManager's web pages: one container runs and has written
// part of its stdout.
type web struct {
	mu    sync.Mutex
	lines int // of stdout so far
	asked chan struct{}
	url   string
}

func startWeb(t *testing.T) *web {
	t.Helper()
	w := &web{asked: make(chan struct{}, 100)}
	mux := http.NewServeMux()
	answer := func(path, body string) {
		mux.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, body) })
	}
	answer("/ws/v1/cluster/apps/{app}", `{"app":{"logAggregationStatus":"SUCCEEDED"}}`)
	answer("/ws/v1/cluster/apps/{app}/appattempts",
		`{"appAttempts":{"appAttempt":[{"appAttemptId":"attempt1"}]}}`)
	mux.HandleFunc("/ws/v1/cluster/apps/{app}/appattempts/attempt1/containers", w.containers)
	mux.HandleFunc("/ws/v1/node/containers/"+logged+"/logs", w.list)
	mux.HandleFunc("/ws/v1/node/containers/"+logged+"/logs/stdout", w.read)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *web) stdout() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Repeat(wroteLine, w.lines)
}

func (w *web) write(lines int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines += lines
}

func (w *web) containers(rw http.ResponseWriter, r *http.Request) {
	if w.stdout() == "" {
		fmt.Fprint(rw, `{}`)
		return
	}
	fmt.Fprintf(rw, `{"container":[{"containerId":%q,"nodeHttpAddress":"http://%s",`+
		`"assignedNodeId":"h:1"}]}`, logged, r.Host)
}

func (w *web) list(rw http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(rw, `{"containerLogsInfo":{"containerLogInfo":[{"fileName":"launch_container.sh",`+
		`"fileSize":"9"},{"fileName":"stdout","fileSize":"%d"}]}}`, len(w.stdout()))
}

func (w *web) read(rw http.ResponseWriter, r *http.Request) {
	all := w.stdout()
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	fmt.Fprintf(rw, "Container: %s on h:1\nLogLength:%d\nLogContents:\n%s\nEnd of LogType:stdout\n",
		logged, len(all), all[len(all)+size:])
	w.asked <- struct{}{}
}

// loggingApp is a world with a submitted application and web pages for its logs.
func loggingApp(t *testing.T) (w *world, c *rmtest.Cluster, pages *web, id string) {
	t.Helper()
	w, c = yarn(t, nil)
	pages = startWeb(t)
	w.cluster(c, "yarn.resourcemanager.webapp.address", strings.TrimPrefix(pages.url, "http://"),
		"yarn.nodemanager.remote-app-log-dir", "file:"+w.dir+"/logs")
	id = strings.TrimSpace(w.ok("submit", "--master", "yarn", "--deploy-mode", "cluster", "--detach",
		w.program("p")))
	return w, c, pages, id
}

// aggregate puts the logs of the application where a NodeManager would.
func (w *world) aggregate(id string) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "yarnlogs", "testdata", "nodemanager-3.5.0.tfile"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.file("logs/alice/bucket-logs-tfile/"+id[len(id)-4:]+"/"+id+"/h_1", string(data), 0o644)
}

func TestLogsOfARunningApplication(t *testing.T) {
	w, _, pages, id := loggingApp(t)
	w.fails(exitFailed, "logs of "+id+": the application is ACCEPTED and no container runs; follow it "+
		"with -f", "logs", id)
	pages.write(2)
	if got := w.ok("logs", id); got != "==> "+logged+" on h:1: stdout <==\n"+wroteLine+wroteLine {
		t.Errorf("got %q", got)
	}
	if got := w.ok("logs", id, "-c", logged, "--file", "stdout"); got != wroteLine+wroteLine {
		t.Errorf("bare: %q", got)
	}
	other := "container_1795247618328_0028_01_000002"
	w.fails(exitFailed, "logs of "+other+": it does not run; logs of ended containers can be read "+
		"when the application has ended", "logs", id, "-c", other)
}

func TestFollowedLogsHaveEveryByteOnce(t *testing.T) {
	w, c, pages, id := loggingApp(t)
	pages.write(3)
	var out, errs buffer
	done := make(chan int)
	go func() { done <- w.start(context.Background(), &out, &errs, "logs", "-f", id) }()
	<-pages.asked
	pages.write(4)
	<-pages.asked
	w.aggregate(id)
	parsed, err := rmclient.ParseApplicationID(id)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rmclient.NewClient(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Kill(context.Background(), parsed, ""); err != nil {
		t.Fatal(err)
	}
	if code := <-done; code != 0 || errs.String() != "" {
		t.Errorf("exit %d, stderr %q", code, errs.String())
	}
	got := out.String()
	if n := strings.Count(got, wroteLine); n != 40 {
		t.Errorf("%d lines of stdout:\n%s", n, got)
	}
	if n := strings.Count(got, warnedLine); n != 40 {
		t.Errorf("%d lines of stderr:\n%s", n, got)
	}
}

func TestLogsOfAnEndedApplication(t *testing.T) {
	w, _, _, id := loggingApp(t)
	w.ok("kill", id)
	r := w.run("logs", id)
	if r.code != exitFailed || !strings.Contains(r.err, "yarn.log-aggregation-enable is off") ||
		strings.Count(r.err, "\n") != 1 {
		t.Errorf("exit %d, stderr %q", r.code, r.err)
	}
	w.aggregate(id)
	got := w.ok("logs", id, "-c", logged, "--file", "stderr")
	if got != strings.Repeat(warnedLine, 40) {
		t.Errorf("got %q", got)
	}
	want := "==> " + logged + " on h:1: stderr <==\n" + strings.Repeat(warnedLine, 40) +
		"==> " + logged + " on h:1: stdout <==\n" + strings.Repeat(wroteLine, 40)
	if got = w.ok("logs", id, "--file", "all"); got != want {
		t.Errorf("got %q", got)
	}
	other := "container_1795247618328_0028_01_000002"
	w.fails(exitFailed, "logs of "+other+": the aggregated logs have no such container; without -c "+
		"they are all printed", "logs", id, "-c", other)
}

func TestLogsThatOutliveTheResourceManagersMemory(t *testing.T) {
	w, _, _, _ := loggingApp(t)
	const forgotten = "application_1600000000000_0007"
	w.aggregate(forgotten)
	got := w.ok("logs", forgotten, "-c", logged, "--file", "stdout")
	if got != strings.Repeat(wroteLine, 40) {
		t.Errorf("got %q", got)
	}
}
