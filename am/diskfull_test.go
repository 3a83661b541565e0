package am_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/inprocess"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/shuffle"
)

// fillMB is what each map task of the jobs on a small disk writes.
const fillMB = 16

// fill is a map task that writes much.
func fill(_ context.Context, t *executor.Task, _ string) (executor.Result, error) {
	return writeRows(t, fillMB<<20/1000, make([]byte, 980))
}

// onSmallDisk runs this test again as a process of its own with a private view of the file systems,
// in which it mounts a disk of 64 MB, and reports whether this is that process.
func onSmallDisk(t *testing.T, options string) (dir string, inside bool) {
	t.Helper()
	if dir := os.Getenv("TEST_DISK"); dir != "" {
		if err := syscall.Mount("weft", dir, "tmpfs", 0, options); err != nil {
			t.Fatal(err)
		}
		return dir, true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, self, "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), "TEST_DISK="+t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return "", false
}

// localIn is local with given directories.
func localIn(t *testing.T, dirs ...string) *bed {
	o := am.Options{Executors: 1, Slots: 2, Log: logger(), Manifest: program{}.Manifest(),
		Local: control.NewLocal()}
	o.Cluster = inprocess.New(inprocess.Options{Host: "127.0.0.1", Dirs: dirs,
		Run: func(ctx context.Context, l containers.Launch) error {
			return executor.Run(ctx, executor.Options{ID: control.ExecutorID(l.Executor),
				Program: program{}, Local: o.Local, Log: logger(), Host: l.Host, Dirs: l.Dirs,
				Slots: l.Slots})
		}})
	return start(t, o)
}

// A full disk fails the tasks that write to it, with a message that says so; nothing hangs, and
// another disk takes over where there is one.
func TestDiskFull(t *testing.T) {
	dir, inside := onSmallDisk(t, "size=64m")
	if !inside {
		return
	}
	b := localIn(t, dir)
	err := b.run(mapReduce(b.Driver, 0, 8, 2, step{Do: "fill"}, step{Do: "sum", Param: "0"}))
	if err == nil || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("a job of %d MB on a disk of 64: %v", 8*fillMB, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "weft-shuffle", "*", "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	b = localIn(t, dir, t.TempDir())
	if err := b.run(mapReduce(b.Driver, 0, 8, 2, step{Do: "fill"}, step{Do: "sum", Param: "0"})); err != nil {
		t.Errorf("with another disk: %v", err)
	}
}

// A disk that is read-only takes no map outputs: another one does, or the error says why.
func TestDiskReadOnly(t *testing.T) {
	dir, inside := onSmallDisk(t, "size=64m")
	if !inside {
		return
	}
	if err := os.Mkdir(filepath.Join(dir, "weft-shuffle"), 0o700); err != nil {
		t.Fatal(err)
	}
	const readOnly = syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY
	if err := syscall.Mount("weft", dir, "tmpfs", readOnly, ""); err != nil {
		t.Fatal(err)
	}
	if err := commitIn(t, dir); err == nil || !strings.Contains(err.Error(), "read-only file system") {
		t.Errorf("with no other: %v", err)
	}
	if err := commitIn(t, dir, t.TempDir()); err != nil {
		t.Errorf("with another disk: %v", err)
	}
}

// commitIn writes two map outputs, whose search for room begins at different directories.
func commitIn(t *testing.T, dirs ...string) error {
	t.Helper()
	store, err := shuffle.OpenStore(dirs...)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for m := range shuffle.MapID(2) {
		w, err := shuffle.NewWriter(shuffle.WriterConfig{Store: store, Partitions: 1, Map: m})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// A directory that goes away costs what was in it: it is computed again, into another one.
func TestDirectoryGone(t *testing.T) {
	gone, stays := t.TempDir(), t.TempDir()
	b := localIn(t, gone, stays)
	j := mapReduce(b.Driver, 0, 6, 3, step{Do: "write"}, step{Do: "sum", Param: "0"})
	b.must(j)
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	j.ID = b.NextJobID()
	j.Stages[1].ID = 9
	j.Templates[9] = j.Templates[1]
	b.must(j)
	if got, want := b.total(), sumTo(6); got != want {
		t.Errorf("sum %d, want %d", got, want)
	}
}
