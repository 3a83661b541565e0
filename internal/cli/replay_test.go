package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/replay"
)

// recorded is the log of a short run.
func recorded(t *testing.T) string {
	t.Helper()
	var log bytes.Buffer
	r, err := replay.NewRecorder(&log, scheduler.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for at, e := range []scheduler.Event{
		scheduler.ExecutorAdded{Executor: 1, Host: "h1", Slots: 2},
		scheduler.JobSubmitted{Job: dag.Job{Stages: []dag.Stage{{Tasks: 2, Shuffle: dag.NoShuffle}}}},
		scheduler.TasksEnded{Executor: 1, Ends: []scheduler.TaskEnd{
			{Task: dag.Task{Partition: 0}}, {Task: dag.Task{Partition: 1}},
		}},
	} {
		if err := r.Step(time.Duration(at)*time.Second, e); err != nil {
			t.Fatal(err)
		}
		if err := r.Ready(); err != nil {
			t.Fatal(err)
		}
	}
	return log.String()
}

const replayed = `1s stage 0.0 started, tasks 2
1s launch on e1 stage 0.0: 0-1
2s accept from e1 0.0, 0.1
2s stage 0.0 finished
2s job 0 finished
`

func TestReplay(t *testing.T) {
	w := newWorld(t)
	log := recorded(t)
	if got := w.ok("replay", w.file("run.log", log, 0o600)); got != replayed {
		t.Errorf("got\n%swant\n%s", got, replayed)
	}
	r := w.run("replay", w.file("cut.log", log[:len(log)-5], 0o600))
	if r.code != exitUsage || !strings.HasPrefix(r.out, "1s stage 0.0 started") ||
		!strings.Contains(r.err, "the line does not end; the log was cut off") {
		t.Errorf("of a log that is cut: exit code %d, %q, %q", r.code, r.out, r.err)
	}
}

func TestReplayOfBadFiles(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct{ text, want string }{
		"empty.log":   {"", "DIR/empty.log: line 1: not a log of scheduler events: EOF"},
		"other.log":   {"{}\n", `it is "" version 0, want "weft scheduler events" version 1`},
		"binary.log":  {"\x00\x01\n", "line 1: not a log of scheduler events"},
		"unknown.log": {recorded(t) + `{"at":9,"event":"Party"}` + "\n", `there is no event "Party"`},
	} {
		r := w.run("replay", w.file(name, c.text, 0o600))
		if r.code != exitUsage || strings.Count(r.err, "\n") != 1 ||
			!strings.Contains(strings.ReplaceAll(r.err, w.dir, "DIR"), c.want) {
			t.Errorf("%s: exit code %d, %q, want %q", name, r.code, r.err, c.want)
		}
	}
	w.fails(exitUsage, "replay: open DIR/none.log: no such file or directory",
		"replay", filepath.Join(w.dir, "none.log"))
}
