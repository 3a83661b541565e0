package auxservice

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What disk a child mounts as its recovery directory, and where.
const (
	diskKind = "WEFT_SHUFFLED_TEST_DISK"
	diskDir  = "WEFT_SHUFFLED_TEST_DISK_DIR"
)

// newMounts lets a process mount what nobody else sees.
func newMounts() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
}

// mountDisk makes dir a disk of its own: "full" from the beginning, "small" with room for few
// applications, or "read-only" with one application in its database.
func mountDisk(kind, dir string) error {
	if kind == "" {
		return nil
	}
	size := "size=48k"
	if kind == "read-only" {
		size = "size=1m"
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, size); err != nil {
		return err
	}
	switch kind {
	case "full":
		_ = os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 48<<10), 0o600)
	case "read-only":
		r, err := openRecovery(dir)
		if err != nil {
			return err
		}
		app, err := newApplication(start(app1, "ann", 1))
		if err != nil {
			return err
		}
		if err := r.put(app); err != nil {
			return err
		}
		if err := r.close(); err != nil {
			return err
		}
		return syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}
	return nil
}

// A recovery directory that cannot be written costs what it was to keep, and nothing else:
// applications start and are served.
func TestDiskFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, want string
		recovered  int32
		later      bool // not in Configure, but when there are many applications
	}{
		{"full", "no space left on device", 0, false},
		{"small", "no space left on device", 0, true},
		{"read-only", "read-only file system", 1, false},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			t.Parallel()
			recovery, local := t.TempDir(), t.TempDir()
			want := writeOutputs(t, local, "ann", app1, 1)
			c := startChild(t, diskKind+"="+tt.kind, diskDir+"="+recovery)
			settings := &ConfigureRequest{LocalDirs: []string{local}, RecoveryDir: recovery,
				Host: "127.0.0.1"}
			reply, err := c.Configure(t.Context(), settings)
			if err != nil {
				t.Fatal(err)
			}
			if warned := strings.Contains(reply.Warning, tt.want); warned == tt.later ||
				reply.Applications != tt.recovered {
				t.Errorf("%d applications, warning %q", reply.Applications, reply.Warning)
			}
			_, err = c.StartApplication(t.Context(), start(app1, "ann", 1))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 300 {
				id := fmt.Sprintf("application_1_%d", i)
				_, err := c.StartApplication(t.Context(), start(id, "ann", 1))
				if err != nil {
					t.Fatal(err)
				}
			}
			addr := fmt.Sprintf("127.0.0.1:%d", reply.Port)
			if got := fetchAll(t, addr, 1); got != want {
				t.Errorf("%d records, want %d", got, want)
			}
			c.stdin.Close()
			if code := c.wait(); code != 0 || !strings.Contains(c.log.String(), tt.want) {
				t.Errorf("exit code %d, log does not say %q: %s", code, tt.want, c.log)
			}
		})
	}
}
