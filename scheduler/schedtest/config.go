package schedtest

import (
	"time"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
	"github.com/weft-data/weft/scheduler/pool"
)

// config begins with a new machine.
func (v *env) config(c *command) (string, error) {
	var conf scheduler.Config
	var err error
	for key, field := range map[string]*int{
		"max-failures":       &conf.MaxFailures,
		"max-stage-attempts": &conf.MaxStageAttempts,
		"max-attempts":       &conf.MaxStageAttemptsInAll,
		"max-credit":         &conf.MaxCredit,
	} {
		if *field, err = c.number(key, 0); err != nil {
			return "", err
		}
	}
	if conf.Mode, err = pool.ParseMode(c.text("mode", "fifo")); err != nil {
		return "", err
	}
	conf.CoverProfiles = c.flag("cover")
	if err = speculation(c, &conf.Speculation); err != nil {
		return "", err
	}
	if err = exclusion(c, &conf.Exclusion); err != nil {
		return "", err
	}
	conf.AdaptiveWait = c.flag("adaptive-wait")
	conf.CountDecommissioned = c.flag("count-decommissioned")
	if err = allocation(c, &conf.Allocation); err != nil {
		return "", err
	}
	wait, err := c.duration("wait", 0)
	if err != nil {
		return "", err
	}
	for key, field := range map[string]*time.Duration{
		"wait-process": &conf.Wait.Process,
		"wait-node":    &conf.Wait.Node,
		"wait-rack":    &conf.Wait.Rack,
	} {
		if *field, err = c.duration(key, wait); err != nil {
			return "", err
		}
	}
	if conf.QueueTime, err = c.duration("queue-time", 0); err != nil {
		return "", err
	}
	return "", v.reset(conf)
}

// allocation reads the settings of dynamic allocation; a policy switches it on.
func allocation(c *command, a *scheduler.Allocation) (err error) {
	policy := c.text("allocation", "")
	if a.Enabled = policy != ""; a.Enabled {
		if a.Policy, err = dynalloc.ParsePolicy(policy); err != nil {
			return err
		}
	}
	a.KeepOutputs, a.SpareCopies = c.flag("keep-outputs"), c.flag("spare-copies")
	for key, field := range map[string]*int{
		"min-executors": &a.Min, "max-executors": &a.Max, "initial-executors": &a.Initial,
		"executor-slots": &a.Slots,
	} {
		if *field, err = c.number(key, 0); err != nil {
			return err
		}
	}
	for key, field := range map[string]*time.Duration{
		"backlog": &a.Backlog, "sustained": &a.Sustained, "idle": &a.Idle,
		"cached-idle": &a.CachedIdle, "outputs-idle": &a.OutputsIdle,
	} {
		if *field, err = c.duration(key, 0); err != nil {
			return err
		}
	}
	a.Ratio, err = c.ratio("ratio")
	return err
}

func speculation(c *command, s *scheduler.Speculation) (err error) {
	s.Enabled, s.NoEfficiency = c.flag("speculation"), c.flag("no-efficiency")
	for key, field := range map[string]*float64{
		"quantile": &s.Quantile, "multiplier": &s.Multiplier,
		"rate": &s.RateMultiplier, "long-run": &s.LongRunFactor,
	} {
		if *field, err = c.ratio(key); err != nil {
			return err
		}
	}
	for key, field := range map[string]*time.Duration{
		"interval": &s.Interval, "min-runtime": &s.MinRuntime, "threshold": &s.Threshold,
	} {
		if *field, err = c.duration(key, 0); err != nil {
			return err
		}
	}
	return nil
}

func exclusion(c *command, x *scheduler.Exclusion) (err error) {
	x.TaskAndStage, x.Application = c.flag("exclude"), c.flag("exclude-for-all")
	for key, field := range map[string]*int{
		"task-per-executor": &x.TaskPerExecutor, "task-per-node": &x.TaskPerNode,
		"stage-per-executor": &x.StageTasksPerExecutor, "stage-per-node": &x.StageExecutorsPerNode,
		"app-per-executor": &x.AppTasksPerExecutor, "app-per-node": &x.AppExecutorsPerNode,
	} {
		if *field, err = c.number(key, 0); err != nil {
			return err
		}
	}
	if x.Timeout, err = c.duration("exclude-timeout", 0); err != nil {
		return err
	}
	x.UnschedulableTimeout, err = c.duration("unschedulable-timeout", 0)
	return err
}
