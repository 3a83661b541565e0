package auxservice

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/google/go-cmp/cmp"
)

func someApplication(t *testing.T, id, user string, fill byte) application {
	t.Helper()
	app, err := newApplication(start(id, user, fill))
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// filled returns a directory with a database that has one application and a port.
func filled(t *testing.T) (dir string, app application) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "weft")
	r, err := openRecovery(dir)
	if err != nil {
		t.Fatal(err)
	}
	app = someApplication(t, app1, "ann", 1)
	if err := r.put(app); err != nil {
		t.Fatal(err)
	}
	if err := r.putPort(7448); err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	return dir, app
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	dir, app := filled(t)
	for path, want := range map[string]os.FileMode{
		dir: 0o700, filepath.Join(dir, databaseName): 0o600,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v: %v", path, info.Mode(), want, err)
		}
	}
	r, err := openRecovery(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	apps, port := r.load()
	if d := cmp.Diff([]application{app}, apps, cmp.AllowUnexported(application{})); d != "" ||
		port != 7448 {
		t.Errorf("port %d, applications: %s", port, d)
	}
	if err := r.remove(app.id); err != nil {
		t.Fatal(err)
	}
	if apps, _ := r.load(); len(apps) != 0 {
		t.Errorf("%d applications after the last has ended", len(apps))
	}
}

// Whatever is wrong with the database, the service goes on, and says what is wrong.
func TestRecoveryFails(t *testing.T) {
	t.Parallel()
	rewrite := func(change func([]byte) []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name, want string
		harm       func(t *testing.T, path string)
		kept       bool // what comes from now on
	}{
		{"garbage", "moved to", rewrite(func(b []byte) []byte {
			return []byte(strings.Repeat("no database ", len(b)/12))
		}), true},
		{"pages of garbage", "moved to", rewrite(func(b []byte) []byte {
			page := os.Getpagesize()
			for i := range b[2*page:] {
				b[2*page+i] = byte(i * 7)
			}
			return b
		}), true},
		{"cut off after the heads", "moved to", rewrite(func(b []byte) []byte {
			return b[:2*os.Getpagesize()]
		}), true},
		{"of one byte", "moved to", rewrite(func([]byte) []byte { return []byte("x") }), true},
		{"locked", "timeout", func(t *testing.T, path string) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a directory", "is a directory", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, app := filled(t)
			tt.harm(t, filepath.Join(dir, databaseName))
			r, err := openRecovery(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			defer r.close()
			if apps, port := r.load(); len(apps) != 0 || port != 0 {
				t.Errorf("%d applications, port %d", len(apps), port)
			}
			if err := r.put(app); err != nil {
				t.Errorf("put: %v", err)
			}
			if r.kept() != tt.kept {
				t.Errorf("kept: %v", r.kept())
			}
		})
	}
}

// Records of another version, or that somebody has changed, are left out.
func TestRecoveryOfStrangeRecords(t *testing.T) {
	t.Parallel()
	dir, app := filled(t)
	r, err := openRecovery(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if err := r.update("harm", func(tx *bbolt.Tx) error {
		b := tx.Bucket(applicationsBucket)
		for _, kv := range [][2]string{
			{"application_1_2", "\x02" + strings.Repeat("s", 40)},
			{"application_1_3", "\x01short"},
			{"../../etc", "\x01" + strings.Repeat("s", 32) + "ann"},
			{"application_1_4", "\x01" + strings.Repeat("s", 32) + "../ann"},
		} {
			if err := b.Put([]byte(kv[0]), []byte(kv[1])); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if apps, _ := r.load(); len(apps) != 1 || apps[0] != app {
		t.Errorf("got %v", apps)
	}
}
