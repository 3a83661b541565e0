package yarnlogs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/rmclient"
)

var app = rmclient.ApplicationID{ClusterTimestamp: 1700000000000, ID: 7}

const container = "container_1700000000000_0007_01_000001"

// node is a NodeManager and a ResourceManager in one that know one container with one log.
type node struct {
	log    string // grows between listing and reading when grown is set
	grown  string
	header bool
	server *httptest.Server
}

func (n *node) start(t *testing.T) *Live {
	t.Helper()
	mux := http.NewServeMux()
	base := "/ws/v1/cluster/apps/" + app.String()
	text := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("user.name") != "alice" {
				t.Errorf("%s asked by %q", r.URL, r.URL.Query().Get("user.name"))
			}
			fmt.Fprint(w, strings.ReplaceAll(body, "NODE", r.Host))
		})
	}
	text(base, `{"app":{"logAggregationStatus":"SUCCEEDED"}}`)
	text(base+"/appattempts", `{"appAttempts":{"appAttempt":[`+
		`{"appAttemptId":"appattempt_1700000000000_0007_000001"},`+
		`{"appAttemptId":"appattempt_1700000000000_0007_000002"}]}}`)
	text(base+"/appattempts/appattempt_1700000000000_0007_000002/containers",
		`{"container":[{"containerId":"`+container+`","nodeHttpAddress":"NODE","assignedNodeId":"h:1"}]}`)
	mux.HandleFunc("/ws/v1/node/containers/"+container+"/logs", n.list)
	mux.HandleFunc("/ws/v1/node/containers/"+container+"/logs/stderr", n.read)
	n.server = httptest.NewServer(mux)
	t.Cleanup(n.server.Close)
	l := NewLive(rmclient.Config{User: "alice", WebAddresses: []string{n.server.URL}})
	t.Cleanup(l.Close)
	return l
}

func (n *node) list(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `{"containerLogsInfo":{"containerLogInfo":[{"fileName":"stderr","fileSize":"%d"}]}}`,
		len(n.log))
}

// read answers as a NodeManager does: the last bytes of the file as it is now.
func (n *node) read(w http.ResponseWriter, r *http.Request) {
	n.log, n.grown = n.log+n.grown, ""
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	if n.header {
		fmt.Fprintf(w, "Container: %s on h:1\nLogAggregationType: LOCAL\n====\nLogType:stderr\n"+
			"LogLastModifiedTime:now\nLogLength:%d\nLogContents:\n", container, len(n.log))
	}
	fmt.Fprint(w, n.log[len(n.log)+size:])
	if n.header {
		fmt.Fprint(w, "\nEnd of LogType:stderr.This log file belongs to a running container\n****\n")
	}
}

// copyAll reads the only log from an offset.
func copyAll(t *testing.T, l *Live, from int64) (string, int64) {
	t.Helper()
	ctx := context.Background()
	found, err := l.Containers(ctx, app)
	if err != nil || len(found) != 1 || found[0].ID != container || found[0].Node != "h:1" {
		t.Fatalf("containers %+v, %v", found, err)
	}
	logs, err := l.Files(ctx, found[0])
	if err != nil || len(logs) != 1 {
		t.Fatalf("files %+v, %v", logs, err)
	}
	var b bytes.Buffer
	next, err := l.Copy(ctx, found[0], logs[0], from, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), next
}

func TestLiveLogs(t *testing.T) {
	for name, n := range map[string]*node{
		"a NodeManager of today": {log: "one\nEnd of LogType:stderr\ntwo\n", header: true},
		"an old NodeManager":     {log: "one\nEnd of LogType:stderr\ntwo\n"},
	} {
		t.Run(name, func(t *testing.T) {
			l := n.start(t)
			text, next := copyAll(t, l, 0)
			if diff := cmp.Diff(n.log, text); diff != "" {
				t.Error(diff)
			}
			n.log += "three\n"
			if text, next = copyAll(t, l, next); text != "three\n" {
				t.Errorf("then %q", text)
			}
			if text, _ = copyAll(t, l, next); text != "" {
				t.Errorf("then %q", text)
			}
		})
	}
}

func TestALogThatGrowsWhileItIsRead(t *testing.T) {
	n := &node{log: "one\n", grown: "two\nthree\n", header: true}
	text, next := copyAll(t, n.start(t), 2)
	if text != "e\ntwo\nthree\n" || next != int64(len(n.log)) {
		t.Errorf("%q up to %d", text, next)
	}
}

func TestAggregation(t *testing.T) {
	l := (&node{}).start(t)
	state, err := l.Aggregation(context.Background(), app)
	if err != nil || state != AggregationDone || !state.Settled() || Aggregation("RUNNING").Settled() {
		t.Errorf("%q, %v", state, err)
	}
}

func TestWhatNobodyKnowsIsGone(t *testing.T) {
	l := (&node{}).start(t)
	if _, err := l.Containers(context.Background(), rmclient.ApplicationID{ID: 8}); !errors.Is(err, ErrGone) {
		t.Errorf("error %v", err)
	}
	var none Live
	err := none.ask(context.Background(), "/", nil)
	if err == nil || err.Error() != "no web address of a ResourceManager is known" {
		t.Errorf("error %v", err)
	}
}
