package schedtest

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/replay"
)

// env is a machine and what a caller of it knows: the time and which tasks run where.
type env struct {
	machine  *scheduler.Machine
	now      time.Duration
	wake     time.Duration       // of the last WakeAt
	slots    map[resource.ID]int // of an executor of each profile
	defaults resource.Defaults
	next     scheduler.ExecutorID
	running  map[scheduler.ExecutorID][]dag.Task // in the order of launch

	log      *bytes.Buffer // of the machine's events
	recorder *replay.Recorder
	lines    *strings.Builder // what the machine did, as a replay must give it
}

func newEnv(t *testing.T) *env {
	v := &env{}
	if err := v.reset(scheduler.Config{}); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *env) reset(c scheduler.Config) error {
	m, err := scheduler.New(c)
	if err != nil {
		return err
	}
	log := &bytes.Buffer{}
	r, err := replay.NewRecorder(log, c)
	if err != nil {
		return err
	}
	*v = env{
		machine: m, next: 1, slots: make(map[resource.ID]int), defaults: scriptDefaults,
		running: make(map[scheduler.ExecutorID][]dag.Task),
		log:     log, recorder: r, lines: &strings.Builder{},
	}
	return nil
}

// tell sends the machine an event, and notes it.
func (v *env) tell(e scheduler.Event) error {
	if err := v.recorder.Step(v.now, e); err != nil {
		return err
	}
	err := v.machine.Step(v.now, e)
	if err != nil {
		v.lines.WriteString(replay.Refused(v.now, err))
	}
	return err
}

// checkReplay steps another machine through the log: its actions must be the same.
func (v *env) checkReplay(t *testing.T) {
	var again strings.Builder
	if err := replay.Replay(bytes.NewReader(v.log.Bytes()), &again); err != nil {
		t.Fatalf("replay: %v\n%s", err, v.log)
	}
	if again.String() != v.lines.String() {
		t.Errorf("the replay gives other actions:\n%s\nfirst:\n%s", again.String(), v.lines)
	}
}

// follow keeps the list of running tasks, and the next time to wake.
func (v *env) follow(a scheduler.Action) {
	if w, ok := a.(scheduler.WakeAt); ok {
		v.wake = w.Time
	}
	launch, ok := a.(scheduler.LaunchTasks)
	if !ok {
		return
	}
	for _, r := range launch.Ranges {
		for i := range r.Count {
			t := dag.Task{Stage: launch.Stage, Partition: r.First + i, Attempt: r.Attempt}
			v.running[launch.Executor] = append(v.running[launch.Executor], t)
		}
	}
}

// ended takes tasks off the list of running ones.
func (v *env) ended(x scheduler.ExecutorID, ends []scheduler.TaskEnd) {
	v.running[x] = slices.DeleteFunc(v.running[x], func(t dag.Task) bool {
		return slices.ContainsFunc(ends, func(e scheduler.TaskEnd) bool { return e.Task == t })
	})
}

// attempt finds the attempt of a partition that runs on an executor; the first if none does,
// so that a script can tell late news.
func (v *env) attempt(x scheduler.ExecutorID, t dag.Task) int32 {
	for _, r := range v.running[x] {
		if r.Stage == t.Stage && r.Partition == t.Partition {
			return r.Attempt
		}
	}
	return 0
}
