package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/internal/golden"
	"github.com/weft-data/weft/rmclient"
)

func TestTablesOfApplications(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 21, 8, 0, s, 0, time.UTC) }
	running := rmclient.ApplicationReport{
		ID:      rmclient.ApplicationID{ClusterTimestamp: 1700000000000, ID: 12},
		Attempt: rmclient.AttemptID{Attempt: 1}, Name: "word count", User: "alice", Queue: "root.prod",
		Type: "WEFT", Tags: []string{"nightly", "eu"}, State: rmclient.Running, Progress: 0.5,
		Started: at(0), Submitted: at(0), Launched: at(1), Containers: 3, Host: "node1",
		Used:        rmclient.Resource{MemoryMB: 3072, VCores: 3},
		TrackingURL: "http://rm:8088/proxy/application_1700000000000_0012/",
	}
	failed := rmclient.ApplicationReport{
		ID:   rmclient.ApplicationID{ClusterTimestamp: 1700000000000, ID: 9},
		Name: "evil\x1b[2Jname", User: "bob", Queue: "default", Type: "WEFT", State: rmclient.Failed,
		Final: rmclient.FailedStatus, Progress: 1, Started: at(0), Submitted: at(0), Ended: at(42),
		Containers: -1, Unmanaged: true, Attempt: rmclient.AttemptID{Attempt: 1}, Host: "N/A",
		Diagnostics: "first line\nsecond line\n",
	}
	e := Env{Now: func() time.Time { return at(59) }}
	var b strings.Builder
	apps := []rmclient.ApplicationReport{failed, running}
	if _, err := e.appTable(apps).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, a := range apps {
		b.WriteString("\n")
		if _, err := e.statusTable(a).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
	}
	form := asJSON
	b.WriteString("\n")
	if err := form.print(&b, nil, appRows(apps)); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "applications.txt", b.String())
}
