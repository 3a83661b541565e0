package am_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
)

// TestMain is three programs: the tests, the executors they start as processes, and a driver that
// is there to be killed.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(containers.EnvRole) == containers.RoleExecutor:
		exit(executorProcess())
	case os.Getenv("TEST_ROLE") == "driver":
		exit(driverProcess())
	}
	goleak.VerifyTestMain(m)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func executorProcess() error {
	if os.Getenv("TEST_CRASH") != "" {
		return errors.New("this executor does not want to")
	}
	l, err := containers.FromEnv(os.Getenv)
	if err != nil {
		return err
	}
	ctx, id, err := process.Child(context.Background())
	if err != nil {
		return err
	}
	return executor.Run(ctx, executor.Options{
		ID: control.ExecutorID(l.Executor), Program: program{os.Getenv("TEST_MANIFEST")}, Driver: l.Driver,
		Identity: id, Host: l.Host, Dirs: l.Dirs, Slots: l.Slots, OwnProcess: true, Log: logger(),
	})
}

func logger() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{
		Level:  cmp.Or(hclog.LevelFromString(os.Getenv("TEST_LOG")), hclog.Off),
		Output: os.Stderr,
	})
}

// step is a stage's template in these tests: the name of a function, and a parameter for it.
type step struct {
	Do    string
	Param string `json:",omitempty"`
}

func (s step) template() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return b
}

// program knows the functions in steps.
type program struct{ manifest string }

func (p program) Manifest() string { return cmp.Or(p.manifest, "operators of the tests\nversion 1") }

func (p program) Load(template []byte) (executor.Stage, error) {
	var s step
	if err := json.Unmarshal(template, &s); err != nil {
		return nil, err
	}
	run, ok := steps[s.Do]
	if !ok {
		return nil, fmt.Errorf("no step %q", s.Do)
	}
	return stage{s.Param, run}, nil
}

type stage struct {
	param string
	run   stepFunc
}

type stepFunc func(ctx context.Context, t *executor.Task, param string) (executor.Result, error)

func (s stage) Run(ctx context.Context, t *executor.Task) (executor.Result, error) {
	return s.run(ctx, t, s.param)
}

// mapReduce is a job of two stages over one shuffle, which gets the numbers base and base+1 as
// stages and base as its shuffle.
func mapReduce(d *am.Driver, base, maps, reduces int, first, second step) am.Job {
	m := dag.Stage{
		ID: dag.StageID(base), Name: "map", Tasks: maps, Shuffle: dag.ShuffleID(base),
		Reduces: reduces, Deterministic: true,
	}
	r := dag.Stage{
		ID: dag.StageID(base + 1), Name: "reduce", Tasks: reduces, Shuffle: dag.NoShuffle,
		Parents: []dag.Parent{{Shuffle: m.Shuffle, Aligned: true}}, Deterministic: true,
	}
	return am.Job{
		Job:       dag.Job{ID: d.NextJobID(), Stages: []dag.Stage{m, r}},
		Templates: map[dag.StageID][]byte{m.ID: first.template(), r.ID: second.template()},
	}
}

// single is a job of one stage.
func single(d *am.Driver, id, tasks int, s step) am.Job {
	r := dag.Stage{
		ID: dag.StageID(id), Name: s.Do, Tasks: tasks, Shuffle: dag.NoShuffle, Deterministic: true,
	}
	return am.Job{
		Job:       dag.Job{ID: d.NextJobID(), Stages: []dag.Stage{r}},
		Templates: map[dag.StageID][]byte{r.ID: s.template()},
	}
}
