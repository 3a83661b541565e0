package shuffleservice

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

// startOne starts a cluster of one node whose service is as the settings say.
func startOne(t *testing.T, settings map[string]string) (*hadoop.Cluster, node) {
	t.Helper()
	c, err := hadoop.Start(t.Context(), hadoop.Options{
		Nodes: 1, Dir: filepath.Join(t.TempDir(), "cluster"), ShuffleService: true,
		Properties: settings,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := node{t, c, 0}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c, n
}

// program puts a script, or the genuine program where it is empty, at a path in one step.
func program(t *testing.T, path, genuine, script string, mode os.FileMode) {
	t.Helper()
	text := []byte("#!/bin/sh\n" + script + "\n")
	var err error
	if script == "" {
		if text, err = os.ReadFile(genuine); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path+".new", mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// The NodeManager starts, and runs containers, whatever becomes of the service; the log says what to
// do, and the service comes up once that is done.
func TestBrokenServiceDoesNotStopTheNodeManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft-shuffled")
	c, n := startOne(t, map[string]string{"weft.shuffle.service.program": path})
	begun := mark{node: n}
	begun.waits("ERROR", "no program at "+path, "copy weft-shuffled there")
	a := startApp(t, c, 1)
	s := a.run()
	genuine := filepath.Join(c.ShuffleServiceDir(), "weft-shuffled")
	program(t, path, genuine, "", 0o755)
	a.served(n)
	at := a.write(s, 0, []byte("kept"))
	for _, broken := range []struct {
		name, script string
		mode         os.FileMode
		log          string
	}{
		{"not executable", "", 0o644, "may not be run by"},
		{"anybody may write it", "", 0o757, "chmod 755"},
		{"another program", "echo hello", 0o755, `its first line is "hello"`},
		{"another version", "echo '1|2|unix|/tmp/x|grpc|'", 0o755, "same release"},
		{"noise without a line", "exec cat /dev/zero", 0o755, "does not speak as weft-shuffled"},
		{"ends at once", "echo no memory >&2; exit 3", 0o755, "ended with status 3"},
		{"hangs", "exec sleep 600", 0o755, "said nothing in 10000 ms"},
	} {
		t.Run(broken.name, func(t *testing.T) {
			old, log := n.server(0), n.mark()
			program(t, path, genuine, broken.script, broken.mode)
			if err := old.Kill9(); err != nil {
				t.Fatal(err)
			}
			log.waits("ERROR", "the NodeManager goes on without it", broken.log)
			program(t, path, genuine, "", 0o755)
			a.served(n)
			a.reads(at)
		})
	}
}

func TestServiceComesUpOnceItsPortIsFree(t *testing.T) {
	c, n := startOne(t, nil)
	a := startApp(t, c, 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(n)
	n.killManager()
	var taken net.Listener
	testbed.Until(t, "the port can be taken", func() bool {
		var err error
		taken, err = net.Listen("tcp", c.ShuffleAddress(0))
		return err == nil
	})
	log := n.mark()
	n.startManager()
	log.waits("ERROR", "address already in use")
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	a.served(n)
	a.reads(at)
}

// Settings that nobody can follow leave the NodeManager without the service, and running.
func TestBadSettingsDoNotStopTheNodeManager(t *testing.T) {
	_, n := startOne(t, map[string]string{"weft.shuffle.service.max-connections": "many"})
	mark{node: n}.waits("ERROR", "could not read its settings", "Correct yarn-site.xml")
	if p, err := n.cluster.ShuffleServer(0); err != nil || p.Pid != 0 {
		t.Errorf("process %d, %v", p.Pid, err)
	}
}
