package rmclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// web is a ResourceManager's web port: answers by "METHOD path", and what was asked.
type web struct {
	*httptest.Server
	asked []string
	body  string
}

func startWeb(t *testing.T, answers map[string]string) *web {
	w := &web{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		key := r.Method + " " + strings.TrimPrefix(r.URL.Path, restRoot)
		w.asked = append(w.asked, key+" as "+r.URL.Query().Get("user.name"))
		if body, err := io.ReadAll(r.Body); err == nil && len(body) > 0 {
			w.body = string(body)
		}
		out.Header().Set("Content-Type", "application/json;charset=utf-8")
		answer, known := answers[key]
		if !known {
			out.WriteHeader(http.StatusNotFound)
			answer = `{"RemoteException":{"exception":"NotFoundException","message":"no ` + key +
				`","javaClassName":"org.apache.hadoop.yarn.webapp.NotFoundException"}}`
		}
		io.WriteString(out, answer)
	}))
	t.Cleanup(w.Close)
	return w
}

func startREST(t *testing.T, addresses ...string) *REST {
	t.Helper()
	r, err := NewREST(
		Config{
			WebAddresses: addresses,
			User:         "bob",
			RetryBase:    time.Millisecond,
			RetryFor:     20 * time.Millisecond,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// The submission's JSON, as the ResourceManager reads it.
func TestRESTSubmission(t *testing.T) {
	const id = "application_1700000000000_0003"
	w := startWeb(t, map[string]string{
		"POST /apps":      "",
		"GET /apps/" + id: `{"app":{"id":"` + id + `","state":"ACCEPTED","progress":50,"amRPCAddress":"h:5"}}`,
	})
	rest := startREST(t, w.URL)
	app, err := ParseApplicationID(id)
	if err != nil {
		t.Fatal(err)
	}
	err = rest.Submit(
		t.Context(),
		SubmissionContext{ID: app, Name: "wc", Queue: "prod", Type: "WEFT",
			Tags: []string{
				"a",
			}, MaxAttempts: 2, FailureWindow: time.Minute, Resource: Resource{MemoryMB: 512, VCores: 1},
			AM: LaunchContext{
				Command:     []string{"./am", "run"},
				Environment: map[string]string{"B": "2", "A": "1"},
				ServiceData: map[string][]byte{
					"shuffle": {0xff, 0xfe},
				},
				Credentials: mine,
				ACLs:        map[ACL]string{ViewACL: "*"},
				LocalResources: map[string]LocalResource{
					"am": {URL: "hdfs://nn/am", Size: 1, Timestamp: 2},
				},
			}},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"application-id":"` + id + `","application-name":"wc","queue":"prod","application-type":"WEFT",` +
		`"am-container-spec":{"local-resources":{"entry":[{"key":"am","value":{"resource":"hdfs://nn/am","type":"FILE",` +
		`"visibility":"APPLICATION","size":1,"timestamp":2}}]},"environment":{"entry":[{"key":"A","value":"1"},` +
		`{"key":"B","value":"2"}]},"commands":{"command":"./am run"},"service-data":{"entry":[{"key":"shuffle",` +
		`"value":"__4"}]},"credentials":{"tokens":{"entry":[{"key":"mine","value":"AmlkAnB3CldFRlRfVE9LRU4Dc3Zj"}]}},` +
		`"application-acls":{"entry":[{"key":"VIEW_APP","value":"*"}]}},"unmanaged-AM":false,"max-app-attempts":2,` +
		`"resource":{"memory":512,"vCores":1},"keep-containers-across-application-attempts":false,` +
		`"cancel-tokens-when-complete":true,"attempt-failures-validity-interval":60000,"application-tags":{"tag":["a"]}}`
	if diff := cmp.Diff(indent(t, want), indent(t, w.body)); diff != "" {
		t.Error(diff)
	}
	report, err := rest.Report(t.Context(), app)
	if err != nil || report.Progress != 0.5 || report.Host != "h" || report.RPCPort != 5 {
		t.Errorf("report %+v, %v", report, err)
	}
	if w.asked[0] != "POST /apps as bob" {
		t.Errorf("asked %q", w.asked)
	}
}

func indent(t *testing.T, s string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// What the API would drop without a word is refused here.
func TestRESTRefusesWhatItCannotSay(t *testing.T) {
	rest := startREST(t, "127.0.0.1:1")
	err := rest.Submit(
		t.Context(),
		SubmissionContext{ID: ApplicationID{1, 1}, Unmanaged: true, Lifetime: time.Hour},
	)
	if !errors.Is(err, ErrInvalidRequest) || !strings.Contains(err.Error(), "RPC") {
		t.Errorf("error = %v", err)
	}
}

// A standby redirects, bodies included.
func TestRESTFollowsTheStandby(t *testing.T) {
	id := ApplicationID{1, 1}
	active := startWeb(
		t,
		map[string]string{"PUT /apps/application_1_0001/state": `{"state":"KILLED"}`},
	)
	standby := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, active.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}))
	defer standby.Close()
	if err := startREST(t, standby.URL).Kill(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if active.body != `{"state":"KILLED"}` ||
		active.asked[0] != "PUT /apps/application_1_0001/state as bob" {
		t.Errorf("asked %q with %s", active.asked, active.body)
	}
}

// Dead ResourceManagers and standbys that know no active one are passed over.
func TestRESTFailover(t *testing.T) {
	lost := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "This is standby RM. There is no active RM")
	}))
	defer lost.Close()
	active := startWeb(
		t,
		map[string]string{
			"GET /info": `{"clusterInfo":{"haState":"ACTIVE","hadoopVersion":"3.5.0"}}`,
		},
	)
	info, err := startREST(t, "127.0.0.1:1", lost.URL, active.URL).Info(t.Context())
	if err != nil || info.HAState != "ACTIVE" || info.HadoopVersion != "3.5.0" {
		t.Errorf("info %+v, %v", info, err)
	}
	if _, err := startREST(t, lost.URL).Info(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("error = %v, want ErrUnreachable", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := startREST(t, lost.URL).Info(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want Canceled", err)
	}
}

func TestRESTErrors(t *testing.T) {
	rest := startREST(t, startWeb(t, nil).URL)
	_, err := rest.Report(t.Context(), ApplicationID{1, 1})
	var remote *RemoteError
	if !errors.Is(err, ErrNotFound) || !errors.As(err, &remote) ||
		!strings.HasSuffix(remote.Class, ".NotFoundException") {
		t.Errorf("error = %v", err)
	}
	for _, address := range []string{"ftp://h", "http://", "://"} {
		if _, err := NewREST(Config{WebAddresses: []string{address}}); err == nil {
			t.Errorf("address %q was taken", address)
		}
	}
}

func TestRESTQuestions(t *testing.T) {
	rest := startREST(t, startWeb(t, map[string]string{
		"POST /apps/new-application": `{"application-id":"application_7_0001","maximum-resource-capability":` +
			`{"memory":4096,"vCores":4,"resourceInformations":{"resourceInformation":[{"name":"memory-mb","value":4096},` +
			`{"name":"yarn.io/gpu","value":2}]}}}`,
		"GET /nodes": `{"nodes":{"node":[{"id":"b:1","state":"LOST"},{"id":"a:1","rack":"/r","state":"RUNNING",` +
			`"usedMemoryMB":1,"availMemoryMB":2,"nodeHTTPAddress":"a:2"}]}}`,
		"GET /scheduler":                     `{"scheduler":{"schedulerInfo":{"type":"capacityScheduler"}}}`,
		"GET /apps/application_7_0001/state": `{"state":"RUNNING"}`,
	}).URL)
	id, most, err := rest.NewApplication(t.Context())
	if err != nil || id != (ApplicationID{7, 1}) || most.Extra["yarn.io/gpu"] != 2 ||
		len(most.Extra) != 1 {
		t.Errorf("new application %v, %v, %v", id, most, err)
	}
	nodes, err := rest.Nodes(t.Context())
	if err != nil || len(nodes) != 2 || nodes[0].ID.Host != "a" ||
		nodes[0].Capability.MemoryMB != 3 ||
		nodes[1].State != NodeLost {
		t.Errorf("nodes %+v, %v", nodes, err)
	}
	if s, err := rest.Scheduler(t.Context()); err != nil ||
		!strings.Contains(string(s), "capacityScheduler") {
		t.Errorf("scheduler %s, %v", s, err)
	}
	if s, err := rest.State(t.Context(), id); err != nil || s != Running {
		t.Errorf("state %s, %v", s, err)
	}
}
