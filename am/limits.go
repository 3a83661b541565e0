package am

import (
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// limits are the machine's rules as the configuration sets them.
func limits(c *conf.Conf) scheduler.Config {
	wait := func(key conf.Key[time.Duration]) time.Duration {
		if !key.IsSet(c) {
			key = conf.LocalityWait
		}
		if d := key.Get(c); d > 0 {
			return d
		}
		return -1 // zero is the machine's default
	}
	mode, _ := pool.ParseMode(conf.SchedulerMode.Get(c)) // the key takes no other words
	return scheduler.Config{
		Mode:             mode,
		MaxFailures:      conf.TaskMaxFailures.Get(c),
		MaxStageAttempts: conf.StageMaxConsecutiveAttempts.Get(c),

		MaxStageAttemptsInAll: conf.StageMaxAttempts.Get(c),
		CountDecommissioned:   !conf.StageIgnoreDecommission.Get(c),
		Wait: scheduler.Waits{
			Process: wait(conf.LocalityWaitProcess),
			Node:    wait(conf.LocalityWaitNode),
			Rack:    wait(conf.LocalityWaitRack),
		},
		CoverProfiles: conf.SchedulerCoverProfiles.Get(c),

		AdaptiveWait: conf.LocalityWaitAdaptive.Get(c),

		Speculation: speculation(c),
		Exclusion:   exclusion(c),
	}
}

// least replaces zeros, which the machine takes for its defaults.
const least = 1e-9

func speculation(c *conf.Conf) scheduler.Speculation {
	return scheduler.Speculation{
		Enabled:    conf.Speculation.Get(c),
		Interval:   max(conf.SpeculationInterval.Get(c), time.Millisecond),
		Quantile:   max(conf.SpeculationQuantile.Get(c), least),
		Multiplier: conf.SpeculationMultiplier.Get(c),
		MinRuntime: max(conf.SpeculationMinTaskRuntime.Get(c), 1),
		Threshold:  conf.SpeculationThreshold.Get(c),

		NoEfficiency:   !conf.SpeculationEfficiency.Get(c),
		RateMultiplier: max(conf.SpeculationRateMultiplier.Get(c), least),
		LongRunFactor:  conf.SpeculationLongRunFactor.Get(c),
	}
}

func exclusion(c *conf.Conf) scheduler.Exclusion {
	enabled := func(key conf.Key[bool]) bool {
		if !key.IsSet(c) {
			key = conf.ExcludeOnFailure
		}
		return key.Get(c)
	}
	return scheduler.Exclusion{
		TaskAndStage:          enabled(conf.ExcludeTaskAndStage),
		Application:           enabled(conf.ExcludeApplication),
		TaskPerExecutor:       conf.ExcludeTaskPerExecutor.Get(c),
		TaskPerNode:           conf.ExcludeTaskPerNode.Get(c),
		StageTasksPerExecutor: conf.ExcludeStagePerExecutor.Get(c),
		StageExecutorsPerNode: conf.ExcludeStagePerNode.Get(c),
		AppTasksPerExecutor:   conf.ExcludeAppPerExecutor.Get(c),
		AppExecutorsPerNode:   conf.ExcludeAppPerNode.Get(c),
		Timeout:               max(conf.ExcludeTimeout.Get(c), 1),
		UnschedulableTimeout:  max(conf.ExcludeUnschedulable.Get(c), 1),
	}
}
