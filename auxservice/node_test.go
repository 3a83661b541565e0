package auxservice

import (
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weft-data/weft/shuffle"
)

// newTestNode returns a Node that serves dir, and its addresses.
func newTestNode(t *testing.T, c *ConfigureRequest) (n *node, addr, metrics string) {
	t.Helper()
	n = newNode("v-test", hclog.NewNullLogger(), func() { t.Error("the server died") })
	c.Host = "127.0.0.1"
	reply, err := n.Configure(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	at := func(port int32) string { return net.JoinHostPort(c.Host, strconv.Itoa(int(port))) }
	return n, at(reply.Port), "http://" + at(reply.MetricsPort)
}

func TestApplicationsComeAndGo(t *testing.T) {
	t.Parallel()
	n, addr, _ := newTestNode(t, &ConfigureRequest{LocalDirs: []string{t.TempDir()}})
	prove := func() (net.Conn, error) {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn, shuffle.Prove(t.Context(), conn, app1, secret(1))
	}
	if _, err := prove(); err == nil {
		t.Error("proved before the start")
	}
	for range 2 { // once for each container
		if _, err := n.StartApplication(t.Context(), start(app1, "ann", 1)); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := prove()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		stop := &StopApplicationRequest{Application: app1}
		if _, err := n.StopApplication(t.Context(), stop); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlives the application")
	}
	if _, err := prove(); err == nil {
		t.Error("proved after the end")
	}
}

func TestApplicationsRefused(t *testing.T) {
	t.Parallel()
	n, _, _ := newTestNode(t, &ConfigureRequest{LocalDirs: []string{t.TempDir()}})
	if _, err := n.StartApplication(t.Context(), start(app1, "ann", 1)); err != nil {
		t.Fatal(err)
	}
	short := start(app1, "ann", 1)
	short.Data = short.Data[:20]
	version := start(app1, "ann", 1)
	version.Data[0] = 9
	for _, tt := range []struct {
		name string
		r    *StartApplicationRequest
		want codes.Code
	}{
		{"another secret", start(app1, "ann", 2), codes.AlreadyExists},
		{"another user", start(app1, "bob", 1), codes.AlreadyExists},
		{"dots as a user", start(app1+"1", "..", 1), codes.InvalidArgument},
		{"a path as a user", start(app1+"1", "a/../b", 1), codes.InvalidArgument},
		{"a path as an application", start("../"+app1, "ann", 1), codes.InvalidArgument},
		{"no application", start("", "ann", 1), codes.InvalidArgument},
		{"short data", short, codes.InvalidArgument},
		{"another version of data", version, codes.InvalidArgument},
	} {
		_, err := n.StartApplication(t.Context(), tt.r)
		if status.Code(err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && strings.Contains(err.Error(), string(tt.r.Data[1:])) {
			t.Errorf("%s: the error has the secret", tt.name)
		}
	}
}

func TestConfigureComesOnceAndFirst(t *testing.T) {
	t.Parallel()
	n := newNode("v-test", hclog.NewNullLogger(), nil)
	if _, err := n.Status(t.Context(), &StatusRequest{}); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("Status: %v", err)
	}
	_, err := n.StartApplication(t.Context(), start(app1, "ann", 1))
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("StartApplication: %v", err)
	}
	n, addr, _ := newTestNode(t, &ConfigureRequest{})
	if _, err := n.Configure(t.Context(), &ConfigureRequest{}); err == nil {
		t.Error("configured twice")
	}
	_, port, _ := net.SplitHostPort(addr)
	taken, _ := strconv.Atoi(port)
	other := newNode("v-test", hclog.NewNullLogger(), nil)
	_, err = other.Configure(t.Context(), &ConfigureRequest{Host: "127.0.0.1", Port: int32(taken)})
	if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), port) {
		t.Errorf("a port that is taken: %v", err)
	}
}

// The page lists exactly the metrics there are.
func TestMetrics(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	records := writeOutputs(t, dir, "ann", app1, 3)
	n, addr, metrics := newTestNode(t, &ConfigureRequest{LocalDirs: []string{dir}, MetricsPort: -1})
	if _, err := n.StartApplication(t.Context(), start(app1, "ann", 1)); err != nil {
		t.Fatal(err)
	}
	if got := fetchAll(t, addr, 3); got != records {
		t.Fatalf("%d records, want %d", got, records)
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	shuffle.Prove(t.Context(), conn, app1, secret(2))
	conn.Close()
	for n.mu.serving.server.Stats().Unproved == 0 { // until its end has been noticed
		if _, err := n.Status(t.Context(), &StatusRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	text := get(t, metrics+"/metrics")
	for _, want := range []string{
		"weft_shuffle_blocks_sent_total 3\n", "weft_shuffle_applications 1\n",
		"weft_shuffle_open_outputs 3\n", "weft_shuffle_recovery_kept 0\n",
		`weft_shuffle_connections_refused_total{reason="unproved"} 1` + "\n",
		`weft_shuffle_errors_total{kind="not_found"} 0` + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %q in:\n%s", want, text)
		}
	}
	page, err := os.ReadFile("../docs/shuffle-service-metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := names("`(weft_shuffle_[a-z_]+)", string(page))
	shown := names(`(?m)^# TYPE (weft_shuffle_[a-z_]+)`, text)
	for name := range shown {
		if !documented[name] {
			t.Errorf("docs/shuffle-service-metrics.md does not list %s", name)
		}
	}
	for name := range documented {
		if !shown[name] {
			t.Errorf("docs/shuffle-service-metrics.md lists %s, which there is not", name)
		}
	}
	if got := get(t, metrics+"/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
}

func names(pattern, text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

func get(t *testing.T, url string) string {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	reply, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, reply.Status, err)
	}
	return string(b)
}

// fetchAll reads partition 0 of so many maps and returns the number of records.
func fetchAll(t *testing.T, addr string, maps int) (records int) {
	t.Helper()
	var locations []shuffle.Location
	for m := range maps {
		locations = append(locations, shuffle.Location{Addr: addr, Map: shuffle.MapID(m)})
	}
	r, err := shuffle.NewReader(t.Context(), shuffle.ReaderConfig{
		Client: newClient(t, app1, 1), Last: 1, Locations: locations,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if err == io.EOF {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		records += batch.Records
	}
}
