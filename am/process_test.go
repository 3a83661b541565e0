package am_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/scheduler"
)

func processOptions(dir string, executors int, env ...string) (am.Options, error) {
	id, err := identity.New()
	if err != nil {
		return am.Options{}, err
	}
	cluster, err := process.New(process.Options{Dirs: []string{dir}, Env: env, Output: os.Stderr})
	return am.Options{
		Cluster: cluster, Executors: executors, Slots: 1, Manifest: program{}.Manifest(),
		Listen: "127.0.0.1:0", Identity: id, Log: logger(),
	}, err
}

// processes starts an application whose executors are processes.
func processes(t *testing.T, executors int, env ...string) *bed {
	t.Helper()
	o, err := processOptions(t.TempDir(), executors, env...)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, o)
}

func TestShuffleBetweenProcesses(t *testing.T) {
	b := processes(t, 2)
	b.must(mapReduce(b.Driver, 0, 6, 4, step{Do: "write"}, step{Do: "sum", Param: "0"}))
	if got, want := b.total(), sumTo(6); got != want {
		t.Fatalf("sum %d, want %d", got, want)
	}
}

func TestKilledExecutorChangesNothing(t *testing.T) {
	b := processes(t, 2)
	b.must(mapReduce(b.Driver, 0, 6, 4, step{Do: "write"},
		step{Do: "once", Param: t.TempDir() + " 0"}))
	if got, want := b.total(), sumTo(6); got != want {
		t.Fatalf("sum %d, want %d", got, want)
	}
	if n := b.Status().Lost; n != 1 {
		t.Fatalf("%d executors were lost; the test wants one", n)
	}
}

func TestExecutorsThatCrashEndTheApplication(t *testing.T) {
	b := processes(t, 1, "TEST_CRASH=1")
	err := b.run(single(b.Driver, 0, 1, step{Do: "empty"}))
	if !errors.Is(err, am.ErrTooManyFailures) || !errors.Is(err, am.ErrStopped) {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "this executor does not want to") {
		t.Fatalf("without the first cause: %v", err)
	}
	<-b.Done()
	if !errors.Is(b.Err(), am.ErrTooManyFailures) {
		t.Fatalf("%v", b.Err())
	}
}

func TestAnotherProgramIsRefused(t *testing.T) {
	b := processes(t, 1, "TEST_MANIFEST=operators of the tests\nversion 2")
	err := b.run(single(b.Driver, 0, 1, step{Do: "empty"}))
	if !errors.Is(err, am.ErrStopped) {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"only in the driver: version 1", "only in the executor: version 2"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "operators of the tests") {
		t.Errorf("what is equal is in %v", err)
	}
}

// A task that kills every executor it runs on fails its job, with the signal as the reason.
func TestTaskThatKillsExecutorsFailsItsJob(t *testing.T) {
	b := processes(t, 2)
	err := b.run(single(b.Driver, 0, 1, step{Do: "kill"}))
	var job *scheduler.JobError
	if !errors.As(err, &job) || !strings.Contains(err.Error(), "signal 9") {
		t.Fatalf("%v", err)
	}
}

// driverProcess is a driver with two executors, in the middle of a job that does not end.
func driverProcess() error {
	dir := os.Getenv("TEST_DIR")
	o, err := processOptions(dir, 2)
	if err != nil {
		return err
	}
	d, err := am.Start(context.Background(), o)
	if err != nil {
		return err
	}
	return d.Run(context.Background(), single(d, 0, 2, step{Do: "hang", Param: dir}))
}

func TestExecutorsDoNotOutliveTheirDriver(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	driver := exec.Command(self)
	driver.Env = append(os.Environ(), "TEST_ROLE=driver", "TEST_DIR="+dir)
	driver.Stderr = os.Stderr
	if err := driver.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return exists(filepath.Join(dir, "0")) && exists(filepath.Join(dir, "1")) })
	executors := children(driver.Process.Pid)
	if len(executors) != 2 {
		t.Errorf("%d executors", len(executors))
	}
	if err := driver.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = driver.Wait()
	for _, pid := range executors {
		await(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid) })
	}
}

// children are the processes that pid started.
func children(pid int) (pids []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		for _, field := range strings.Fields(string(data)) {
			if child, err := strconv.Atoi(field); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// zombie says whether a process has ended and only its parent has not looked.
func zombie(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := bytes.Cut(data, []byte(") "))
	return bytes.HasPrefix(rest, []byte("Z"))
}

func TestSecretIsNowhereToBeSeen(t *testing.T) {
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := id.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.Split(secret[bytes.Index(secret, []byte("PRIVATE KEY")):], []byte("\n"))[1]
	o, err := processOptions(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	o.Identity = id
	b := start(t, o)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx, single(b.Driver, 0, 1, step{Do: "hang", Param: dir})) }()
	await(t, func() bool { return exists(filepath.Join(dir, "0")) })
	for _, pid := range children(os.Getpid()) {
		for _, file := range []string{"cmdline", "environ"} {
			data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				t.Error(err)
			}
			if bytes.Contains(data, line) || bytes.Contains(data, []byte("PRIVATE")) {
				t.Errorf("the key is in %s", file)
			}
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := b.Stop(t.Context(), containers.Final{}); err != nil {
		t.Fatal(err)
	}
}
