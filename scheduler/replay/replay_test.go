package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
	"github.com/weft-data/weft/scheduler/replay"
)

func Example() {
	var log bytes.Buffer
	conf := scheduler.Config{MaxFailures: 2}
	m, _ := scheduler.New(conf)
	r, _ := replay.NewRecorder(&log, conf)
	tell := func(now time.Duration, e scheduler.Event) {
		r.Step(now, e)
		m.Step(now, e)
		r.Ready()
		m.Ready()
	}
	tell(0, scheduler.ExecutorAdded{Executor: 1, Host: "h1", Slots: 2})
	tell(time.Second, scheduler.JobSubmitted{Job: dag.Job{Stages: []dag.Stage{
		{Tasks: 2, Shuffle: dag.NoShuffle},
	}}})
	fmt.Println(replay.Replay(&log, os.Stdout))
	// Output:
	// 1s stage 0.0 started, tasks 2
	// 1s launch on e1 stage 0.0: 0-1
	// <nil>
}

// everyEvent has every field of every event set.
var everyEvent = []scheduler.Event{
	scheduler.ExecutorAdded{Executor: 1, Host: "h1", Rack: "r1", Slots: 3},
	scheduler.PoolsChanged{
		Pools: []pool.Spec{{Name: "a", Mode: pool.Fair, Weight: 2, MinShare: 1, MaxShare: 9}}, NoFile: true,
	},
	scheduler.JobSubmitted{Job: dag.Job{ID: 4, Group: "g", Description: "<d> \"q\"\n", Pool: "a",
		Stages: []dag.Stage{
			{ID: 1, Name: "map", Tasks: 3, Shuffle: 5, Reduces: 2, Deterministic: true,
				Prefs: dag.Prefs{Hosts: []string{"h1"}, Racks: []string{"r1"},
					Offsets: []int32{0, 1, 1, 1}, Index: []int32{0}}},
			{ID: 2, Tasks: 2, Shuffle: dag.NoShuffle, Partitions: []int32{1},
				Parents: []dag.Parent{{Shuffle: 5, Guards: []dag.DatasetID{7}}},
				Cached:  []dag.DatasetID{7}},
		}}},
	scheduler.CommitAsked{Task: dag.Task{Stage: 1, Partition: 2}},
	scheduler.BlocksCached{Executor: 1, Dataset: 7, Partitions: []int32{0, 1}},
	scheduler.BlocksDropped{Executor: 1, Dataset: 7, Partitions: []int32{0}},
	scheduler.TasksEnded{Executor: 1, Ends: []scheduler.TaskEnd{
		{Task: dag.Task{Stage: 1}, Duration: time.Second},
		{Task: dag.Task{Stage: 1, Partition: 1}, Outcome: scheduler.Failed,
			Failure: &scheduler.Failure{Operator: "op", Record: 3, Message: "m", Stack: "s", Final: false}},
		{Task: dag.Task{Stage: 1, Partition: 2}, Outcome: scheduler.FetchFailed,
			Fetch: &scheduler.FetchFailure{Shuffle: 5, Map: 1, Attempt: 2, Executor: 1, OneBlock: true,
				Message: "x"}},
	}},
	scheduler.ExecutorLost{Executor: 1, Reason: "r", CausedByApp: true, OutputsLost: true},
	scheduler.DatasetUnpersisted{Dataset: 7},
	scheduler.ShuffleDropped{Shuffle: 5},
	scheduler.Tick{},
	scheduler.JobCancelled{Job: 4, Reason: "why not"},
	scheduler.ExecutorAdded{Executor: 1, Slots: 1}, // refused
}

func TestEveryEventComesBack(t *testing.T) {
	conf := scheduler.Config{Mode: pool.Fair, QueueTime: -1,
		Speculation: scheduler.Speculation{Enabled: true, Multiplier: 1.5}}
	log, want := record(t, conf, everyEvent)
	var got strings.Builder
	if err := replay.Replay(strings.NewReader(log), &got); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("log\n%s\nreplayed\n%s\nwant\n%s", log, got.String(), want)
	}
	if !strings.Contains(want, "launch") || !strings.Contains(want, "refused") {
		t.Errorf("the events lead to too little:\n%s", want)
	}
}

// record plays events and gives their log and what they led to.
func record(t *testing.T, conf scheduler.Config, events []scheduler.Event) (string, string) {
	t.Helper()
	m, err := scheduler.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	var lines strings.Builder
	r, err := replay.NewRecorder(&log, conf)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		now := time.Duration(i) * time.Second
		if err := errors.Join(r.Step(now, e), r.Ready()); err != nil {
			t.Fatal(err)
		}
		if err := m.Step(now, e); err != nil {
			lines.WriteString(replay.Refused(now, err))
		}
		for _, a := range m.Ready() {
			lines.WriteString(replay.Line(now, a))
		}
	}
	return log.String(), lines.String()
}

func TestBadLogs(t *testing.T) {
	const head = `{"log":"weft scheduler events","version":1,"config":{}}` + "\n"
	for _, c := range []struct{ name, log, want string }{
		{"empty", "", "line 1: not a log of scheduler events: EOF"},
		{"other text", "hello\n", "line 1: not a log"},
		{"other version", `{"log":"weft scheduler events","version":2}` + "\n", "version 2, want"},
		{"bad configuration", strings.Replace(head, "{}", `{"MaxFailures":-1}`, 1), "max failures is -1"},
		{"unknown setting", strings.Replace(head, "{}", `{"MaxFun":1}`, 1), `unknown field "MaxFun"`},
		{"unknown event", head + `{"at":0,"event":"Earthquake"}` + "\n", `line 2: not a log of scheduler events: there is no event "Earthquake"`},
		{"unknown field", head + `{"at":0,"event":"Tick","data":{"Tock":1}}` + "\n", `Tick: json: unknown field "Tock"`},
		{"two on a line", head + `{"at":0,"event":"Tick"} {}` + "\n", "more follows on the line"},
		{"cut off", head + `{"at":0,"event":"Tick"}`, "line 2: not a log of scheduler events: the line does not end"},
		{"too large a number", head + `{"at":0,"event":"ShuffleDropped","data":{"Shuffle":99999999999}}` + "\n", "line 2"},
	} {
		err := replay.Replay(strings.NewReader(c.log), &strings.Builder{})
		if !errors.Is(err, replay.ErrLog) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
}

// TestCutOffLogIsPlayedUpToThere is about the log of a driver that was killed.
func TestCutOffLogIsPlayedUpToThere(t *testing.T) {
	log, want := record(t, scheduler.Config{}, everyEvent[:3])
	var got strings.Builder
	err := replay.Replay(strings.NewReader(log+`{"at":9`), &got)
	if !errors.Is(err, replay.ErrLog) || got.String() != want {
		t.Errorf("error %v, replayed\n%s\nwant\n%s", err, got.String(), want)
	}
}

func TestLongLineIsRefused(t *testing.T) {
	long := strings.NewReader(strings.Repeat("x", replay.MaxLine+1))
	err := replay.Replay(long, &strings.Builder{})
	if !errors.Is(err, replay.ErrLog) || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestErrorsOfReaderAndWriter(t *testing.T) {
	broken := errors.New("the disk is gone")
	if err := replay.Replay(iotest.ErrReader(broken), &strings.Builder{}); !errors.Is(err, broken) {
		t.Errorf("read: %v", err)
	}
	log, _ := record(t, scheduler.Config{}, everyEvent)
	if err := replay.Replay(strings.NewReader(log), failing{broken}); !errors.Is(err, broken) {
		t.Errorf("write: %v", err)
	}
	if _, err := replay.NewRecorder(failing{broken}, scheduler.Config{}); !errors.Is(err, broken) {
		t.Errorf("record: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
