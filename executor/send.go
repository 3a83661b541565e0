package executor

import (
	"context"
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
)

// leastBeat keeps a mistaken configuration from drowning the driver in heartbeats.
const leastBeat = 100 * time.Millisecond

// send tells the driver what the report holds, and that the executor lives.
func (e *Executor) send(ctx context.Context) error {
	beat := time.NewTicker(max(conf.ExecutorHeartbeatInterval.Get(e.conf), leastBeat))
	defer beat.Stop()
	age := time.NewTimer(batchAge)
	defer age.Stop()
	for {
		var messages []*control.FromExecutor
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			e.kept.Sweep(time.Now())
			messages = append(messages, e.heartbeat())
		case <-e.report.first:
			age.Reset(batchAge)
			select {
			case <-ctx.Done():
			case <-e.report.now:
			case <-age.C:
			}
			messages = e.report.take()
		}
		for _, m := range messages {
			if err := e.link.Send(m); err != nil && ctx.Err() == nil {
				return fmt.Errorf("the driver is gone: %w", err)
			}
		}
	}
}

func (e *Executor) heartbeat() *control.FromExecutor {
	running, queued := e.queue.load()
	beat := &control.Heartbeat{
		Running: int32(running), Queued: int32(queued),
		Memory: memoryInUse(), Cached: e.cache.size(),
	}
	if conf.Speculation.Get(e.conf) && conf.SpeculationEfficiency.Get(e.conf) {
		e.addProgress(beat)
	}
	return &control.FromExecutor{Message: &control.FromExecutor_Heartbeat{Heartbeat: beat}}
}

// addProgress tells what the running tasks have read.
func (e *Executor) addProgress(beat *control.Heartbeat) {
	for i := range e.slots {
		if t, records, ok := e.slots[i].progress(); ok {
			beat.Tasks = append(beat.Tasks, int32(t.Stage), t.Partition, t.Attempt)
			beat.Records = append(beat.Records, records)
		}
	}
}

// memoryInUse is what GOMEMLIMIT is about: all of the runtime's memory that was not given back.
func memoryInUse() int64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}
