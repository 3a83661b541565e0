package am

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// TestDefaultSettingsAreTheMachines covers the defaults of S50 to S56, S66 and section N: what is
// documented with the keys is what the machine takes a zero Config for.
func TestDefaultSettingsAreTheMachines(t *testing.T) {
	got := limits(new(conf.Conf))
	want := scheduler.Default()
	want.QueueTime, want.MaxCredit = 0, 0 // have no key
	want.Speculation = scheduler.Speculation{Interval: 100 * time.Millisecond, Quantile: 0.9,
		Multiplier: 3, MinRuntime: 100 * time.Millisecond, RateMultiplier: 0.75, LongRunFactor: 2}
	want.Exclusion = scheduler.Exclusion{TaskPerExecutor: 1, TaskPerNode: 2, StageTasksPerExecutor: 2,
		StageExecutorsPerNode: 2, AppTasksPerExecutor: 2, AppExecutorsPerNode: 2,
		Timeout: time.Hour, UnschedulableTimeout: 2 * time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSettingsReachTheMachine(t *testing.T) {
	c := new(conf.Conf)
	for key, value := range map[string]string{
		"weft.scheduler.mode": "fair", "weft.locality.wait": "0", "weft.locality.wait.node": "2s",
		"weft.speculation": "true", "weft.speculation.quantile": "0",
		"weft.speculation.multiplier": "1.5", "weft.speculation.minTaskRuntime": "0",
		"weft.excludeOnFailure.enabled":             "true",
		"weft.excludeOnFailure.application.enabled": "false",
	} {
		if err := c.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	l := limits(c)
	if l.Mode != pool.Fair || l.Wait != (scheduler.Waits{Process: -1, Node: 2 * time.Second, Rack: -1}) {
		t.Errorf("%+v", l)
	}
	if s := l.Speculation; !s.Enabled || s.Quantile > 1e-6 || s.Multiplier != 1.5 || s.MinRuntime != 1 {
		t.Errorf("%+v", s)
	}
	if e := l.Exclusion; !e.TaskAndStage || e.Application {
		t.Errorf("%+v", e)
	}
	if _, err := scheduler.New(l); err != nil {
		t.Errorf("the machine does not take them: %v", err)
	}
}
