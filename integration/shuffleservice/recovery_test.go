package shuffleservice

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/weft-data/weft/integration/hadoop"
)

// Without live containers the NodeManager says nothing of an application when it comes back: only
// what the service kept itself makes its output readable.
func TestSecretsOutliveTheNodeManager(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(s.node)
	a.end(s)
	s.killManager()
	s.startManager()
	a.served(s.node)
	a.reads(at)
	a.finish()
	a.forgotten(s.node)
}

func TestSecretsAreForTheNodeManagersUserAlone(t *testing.T) {
	a := startApp(t, hadoop.Shared(t), 1)
	s := a.run()
	a.served(s.node)
	found, err := filepath.Glob(filepath.Join(s.cluster.ShuffleRecovery(s.i), "*.db"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	for path, want := range map[string]os.FileMode{
		found[0]: 0o600, filepath.Dir(found[0]): 0o700 | os.ModeDir,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// The state is wiped, as by a tidy administrator, or cannot be written: the NodeManager starts, says
// so, and serves what it hears of.
func TestLostStateDoesNotStopTheNodeManager(t *testing.T) {
	c, n := startOne(t, nil)
	a := startApp(t, c, 1)
	s := a.run()
	at := a.write(s, 0, []byte("kept"))
	a.served(n)
	for _, lost := range []struct {
		name  string
		state func(t *testing.T, dir string)
		log   string // empty: nothing is wrong
	}{
		{"wiped", wipe, ""},
		{"damaged", damage, "weft-shuffled.db"},
		{"read-only disk", readOnly, "read-only file system"},
		{"full disk", full, "no space left on device"},
	} {
		t.Run(lost.name, func(t *testing.T) {
			n.killManager()
			lost.state(t, c.ShuffleRecovery(0))
			log := n.mark()
			n.startManager()
			a.served(n) // its container lives, so that the NodeManager tells of it again
			a.reads(at)
			if lost.log != "" {
				log.waits("WARN", lost.log)
			}
		})
	}
}

func wipe(t *testing.T, dir string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

func damage(t *testing.T, dir string) {
	noise := []byte("this is no database, and long enough to look like one\n")
	file := filepath.Join(dir, "weft-shuffled.db")
	if err := os.WriteFile(file, noise, 0o600); err != nil {
		t.Fatal(err)
	}
}

// readOnly and full cover the directory by a disk of their own, which takes root.
func readOnly(t *testing.T, dir string) { cover(t, dir, unix.MS_RDONLY, "mode=700") }

func full(t *testing.T, dir string) {
	cover(t, dir, 0, "mode=700,size=64k")
	file, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}

func cover(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		t.Fatalf("mount a disk over %s (this test needs root): %v", dir, err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}
