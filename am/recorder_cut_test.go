package am

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/replay"
)

// TestSlowDiskCutsTheLogAndNothingElse fills the recorder while nobody writes, as a disk that hangs
// does: the loop goes on, one warning says so, and what was told before can be played.
func TestSlowDiskCutsTheLogAndNothingElse(t *testing.T) {
	var warnings strings.Builder
	r := openRecorder(t, filepath.Join(t.TempDir(), "log"), &warnings)
	r.entries = make(chan entry, 4)
	waiting := r.entries
	r.tell(0, scheduler.ExecutorAdded{Executor: 1, Host: "h", Slots: 1})
	r.tell(0, nil)
	for range 10 {
		r.tell(time.Second, scheduler.Tick{})
	}
	r.close() // it is closed already, once
	r.run(waiting)
	if n := strings.Count(warnings.String(), "cut short"); n != 1 {
		t.Errorf("%d warnings: %s", n, &warnings)
	}
	f, err := os.Open(r.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := replay.Replay(f, &strings.Builder{}); err != nil {
		t.Error(err)
	}
}

// TestFullDiskEndsTheLogAndNothingElse writes to a file that takes nothing.
func TestFullDiskEndsTheLogAndNothingElse(t *testing.T) {
	var warnings strings.Builder
	r := openRecorder(t, filepath.Join(t.TempDir(), "log"), &warnings)
	r.abandon()
	waiting := r.entries
	for range mostEntries {
		r.tell(0, scheduler.Tick{})
	}
	r.close()
	r.run(waiting)
	if n := strings.Count(warnings.String(), "not complete"); n != 1 || len(waiting) > 0 {
		t.Errorf("%d warnings: %s", n, &warnings)
	}
}

func TestPipeIsNoLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	c := new(conf.Conf)
	if err := c.Set("weft.scheduler.log", path); err != nil {
		t.Fatal(err)
	}
	_, err := newRecorder(&Driver{Options: Options{Conf: c}}, scheduler.Config{})
	if !errors.Is(err, ErrSettings) {
		t.Errorf("%v", err)
	}
}

func openRecorder(t *testing.T, path string, log *strings.Builder) *recorder {
	t.Helper()
	c := new(conf.Conf)
	if err := c.Set("weft.scheduler.log", path); err != nil {
		t.Fatal(err)
	}
	logger := hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Warn})
	r, err := newRecorder(&Driver{Options: Options{Conf: c, Log: logger}}, scheduler.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
