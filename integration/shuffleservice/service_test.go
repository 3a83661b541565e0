package shuffleservice

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func TestContainersLearnThePort(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	_, text, err := net.SplitHostPort(s.cluster.ShuffleAddress(s.i))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	want := string(binary.BigEndian.AppendUint16([]byte{1}, uint16(port)))
	if got := string(s.services[hadoop.ShuffleServiceName]); got != want {
		t.Errorf("the NodeManager says %x, want %x", got, want)
	}
	inEnv := s.env["NM_AUX_SERVICE_"+hadoop.ShuffleServiceName]
	if got, err := base64.StdEncoding.DecodeString(inEnv); err != nil || string(got) != want {
		t.Errorf("the container's environment has %q: %x, %v; want %x", inEnv, got, err, want)
	}
}

func TestSecretComesAndGoesWithItsApplication(t *testing.T) {
	c := hadoop.Shared(t)
	a, other := startApp(t, c, 1), startApp(t, c, 2)
	s := a.run()
	a.served(s.node)
	a.refused(t, s.node, a.id.String(), secretOf(3))
	a.refused(t, s.node, other.id.String(), other.secret)
	a.refused(t, s.node, other.id.String(), a.secret)
	begun := s.mark()
	a.run() // the second container, wherever it is, changes nothing
	a.served(s.node)
	a.finish()
	a.forgotten(s.node)
	begun.waits("application stopped", a.id.String())
}

func TestOutputOutlivesItsContainer(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(s.node)
	a.end(s)
	a.reads(at)
}

func TestKilledServerComesBackOnItsPort(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(s.node)
	old, log := s.server(0), s.mark()
	if err := old.Kill9(); err != nil {
		t.Fatal(err)
	}
	s.server(old.Pid)
	a.served(s.node)
	a.reads(at)
	log.waits("ERROR", "weft-shuffled was ended by signal 9")
	log.waits("The shuffle service serves on port")
}

func TestServerLivesAndDiesWithItsNodeManager(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(s.node)
	for _, end := range []func() error{
		func() error { return s.manager().Kill9(t.Context()) },
		func() error { return s.manager().Stop(t.Context()) },
	} {
		old := s.server(0)
		if err := end(); err != nil {
			t.Fatal(err)
		}
		testbed.Until(t, "the server ends with its NodeManager", func() bool { return !runs(old) })
		if !s.alive() {
			t.Fatal("the container did not outlive its NodeManager")
		}
		log := s.mark()
		s.startManager()
		a.served(s.node)
		a.reads(at)
		if !s.alive() {
			t.Error("the container ended when its NodeManager came back")
		}
		log.waits("The shuffle service serves on port", "recovered")
	}
}
