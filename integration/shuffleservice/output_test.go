package shuffleservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/shuffle"
)

// prove opens a connection to a node's service as an application.
func prove(ctx context.Context, addr, app string, secret []byte) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := shuffle.Prove(ctx, conn, app, secret); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// proof is the outcome of opening a connection.
func (a *app) proof(n node, app string, secret []byte) error {
	conn, err := prove(a.Context(), n.cluster.ShuffleAddress(n.i), app, secret)
	if err != nil {
		return err
	}
	return conn.Close()
}

// served waits until the node's service knows the application.
func (a *app) served(n node) {
	a.Helper()
	testbed.Until(a.T, "the service knows "+a.id.String(), func() bool {
		return a.proof(n, a.id.String(), a.secret) == nil
	})
}

// forgotten waits until a node's service refuses the application.
func (a *app) forgotten(n node) {
	a.Helper()
	testbed.Until(a, "the service has forgotten "+a.id.String(), func() bool {
		return errors.Is(a.proof(n, a.id.String(), a.secret), shuffle.ErrProof)
	})
}

// records is what one map task of a test writes; a map's own number is in each.
const records = 1000

// write writes the output of a map task where an executor in the container would.
func (a *app) write(s *sleeper, m shuffle.MapID, value []byte) shuffle.Location {
	a.Helper()
	store, err := shuffle.OpenStore(s.env["LOCAL_DIRS"])
	if err != nil {
		a.Fatal(err)
	}
	defer store.Close()
	w, err := shuffle.NewWriter(shuffle.WriterConfig{Store: store, Map: m, Partitions: 1})
	if err != nil {
		a.Fatal(err)
	}
	for i := range records {
		if err := w.Add(0, fmt.Appendf(nil, "%d %d", m, i), value); err != nil {
			a.Fatal(err)
		}
	}
	out, err := w.Commit()
	if err != nil {
		a.Fatal(err)
	}
	return shuffle.Location{Executor: "e1", Host: s.manager().Host, Map: m, Bytes: out.Bytes,
		Addr: s.cluster.ShuffleAddress(s.i)}
}

// read fetches outputs from the service and counts their records.
func (a *app) read(locations ...shuffle.Location) (n int, err error) {
	client := shuffle.NewClient(shuffle.ClientConfig{
		Dial: func(ctx context.Context, addr string) (net.Conn, error) {
			return prove(ctx, addr, a.id.String(), a.secret)
		},
	})
	defer client.Close()
	r, err := shuffle.NewReader(a.Context(), shuffle.ReaderConfig{Locations: locations,
		Partitions: 1, Host: "elsewhere", Client: client})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if err != nil {
			return n, eof(err)
		}
		batch.Each(func(_, _ []byte) { n++ })
	}
}

// reads checks that every record of the outputs is served.
func (a *app) reads(locations ...shuffle.Location) {
	a.Helper()
	n, err := a.read(locations...)
	if err != nil || n != records*len(locations) {
		a.Errorf("read %d of %d records: %v", n, records*len(locations), err)
	}
}

// refused checks that nobody proves to be an application with that secret.
func (a *app) refused(t *testing.T, n node, app string, secret []byte) {
	t.Helper()
	if err := a.proof(n, app, secret); !errors.Is(err, shuffle.ErrProof) {
		t.Errorf("%s: %v", app, err)
	}
}
