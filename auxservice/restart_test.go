package auxservice

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/shuffle"
)

// writeOutputs writes map outputs of one partition, as executors of app would, and returns how
// many records they have.
func writeOutputs(t *testing.T, localDir, user, app string, maps int) (records int) {
	t.Helper()
	dir := filepath.Join(localDir, "usercache", user, "appcache", app)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	store, err := shuffle.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for m := range maps {
		w, err := shuffle.NewWriter(shuffle.WriterConfig{
			Store: store, Map: shuffle.MapID(m), Partitions: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5000 {
			if err := w.Add(0, fmt.Append(nil, i), []byte(strings.Repeat("v", 90))); err != nil {
				t.Fatal(err)
			}
			records++
		}
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

// newClient returns a client that proves app's secret, and waits for a service as executors do.
func newClient(t *testing.T, app string, fill byte) *shuffle.Client {
	client := shuffle.NewClient(shuffle.ClientConfig{
		Dial: func(ctx context.Context, addr string) (net.Conn, error) {
			for {
				conn, err := prove(ctx, addr, app, secret(fill))
				if err == nil || pause.For(ctx, 100*time.Millisecond) != nil {
					return conn, err
				}
			}
		},
	})
	t.Cleanup(func() { client.Close() })
	return client
}

func prove(ctx context.Context, addr, app string, secret []byte) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := shuffle.Prove(ctx, conn, app, secret); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// away is how long the service is away in the test: no task fails for that.
const away = 5 * time.Second

// The service is killed in the middle of a fetch and started again five seconds later,
// as the NodeManager's side may do: it is back on the same port, knows the application, and the fetch goes on.
func TestKilledDuringFetch(t *testing.T) {
	t.Parallel()
	const maps = 40
	dir := t.TempDir()
	want := writeOutputs(t, dir, "ann", app1, maps)
	settings := &ConfigureRequest{LocalDirs: []string{dir},
		RecoveryDir: filepath.Join(t.TempDir(), "recovery")}
	c := startChild(t)
	addr := c.configure(t, settings)
	if _, err := c.StartApplication(t.Context(), start(app1, "ann", 1)); err != nil {
		t.Fatal(err)
	}
	var locations []shuffle.Location
	for m := range maps {
		locations = append(locations, shuffle.Location{Addr: addr, Map: shuffle.MapID(m)})
	}
	r, err := shuffle.NewReader(t.Context(), shuffle.ReaderConfig{
		Client: newClient(t, app1, 1), Last: 1, InFlight: 1, Requests: 1, Locations: locations,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	batch, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	got := batch.Records
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.wait()
	if err := pause.For(t.Context(), away); err != nil { // the fault itself
		t.Fatal(err)
	}
	if again := startChild(t).configure(t, settings); again != addr {
		t.Fatalf("the service is at %s now, was at %s", again, addr)
	}
	for batch, err = r.Next(); err == nil; batch, err = r.Next() {
		got += batch.Records
	}
	if err != io.EOF || got != want {
		t.Errorf("%d records, want %d: %v", got, want, err)
	}
	if r.Stats().Retries == 0 {
		t.Error("the restart was not noticed")
	}
}
