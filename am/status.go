package am

import (
	"context"
	"slices"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/scheduler"
)

// Status is what the driver knows, for progress lines and pages.
type Status struct {
	scheduler.Status
	Wanted   int    // executors asked for
	Lost     int    // registered executors lost so far
	Notice   string // what people should know now: nobody takes the tasks; "" if all is well
	Counters Counters
	// Runs are the newest stage attempts, the oldest first.
	Runs []StageRun
}

// Counters add up what all tasks of the application did.
type Counters struct {
	Tasks                        int64 // attempts whose results were used
	FailedTasks                  int64 // attempts that failed, also for want of their input
	RecordsIn, RecordsOut        int64
	BytesIn, BytesOut            int64
	FetchedLocal, FetchedRemote  int64
	FetchWait                    time.Duration
	ShuffleRecords, ShuffleBytes int64
	SpilledBytes                 int64
}

// counts is what the loop counts for Status.
type counts struct {
	Counters
	lost int
}

func (c *counts) add(n *control.Counters) {
	c.RecordsIn += n.GetRecordsIn()
	c.RecordsOut += n.GetRecordsOut()
	c.BytesIn += n.GetBytesIn()
	c.BytesOut += n.GetBytesOut()
	c.FetchedLocal += n.GetFetchedLocal()
	c.FetchedRemote += n.GetFetchedRemote()
	c.FetchWait += time.Duration(n.GetFetchWait())
	c.ShuffleRecords += n.GetShuffleRecords()
	c.ShuffleBytes += n.GetShuffleBytes()
	c.SpilledBytes += n.GetSpilledBytes()
}

// Status is a copy of what the driver knows now; after Stop it is the zero Status.
func (d *Driver) Status() Status {
	s, _ := ask(context.Background(), d, func(l *loop, reply chan<- Status) { reply <- l.status() })
	return s
}

func (l *loop) status() Status {
	return Status{
		Status: l.machine.Status(), Wanted: l.target, Lost: l.counts.lost,
		Notice: l.starving.notice, Counters: l.counts.Counters,
		Runs: slices.Clone(l.history.runs),
	}
}

// show calls Progress when something changed and the last call was long enough ago. What changes
// in between is shown by the next event or patrol.
func (l *loop) show() {
	if l.Progress == nil || !l.changed || l.now()-l.shown < l.ProgressEvery {
		return
	}
	l.changed, l.shown = false, l.now()
	l.Progress(l.status())
}

// tracker tells the cluster how far the running jobs are.
type tracker struct{ told float32 }

func (t *tracker) tell(l *loop) {
	var done, all int
	for _, s := range l.machine.Status().Stages {
		if len(s.Jobs) > 0 {
			done, all = done+s.Done, all+s.Tasks
		}
	}
	if all == 0 {
		return
	}
	if p := float32(done) / float32(all); p != t.told {
		t.told = p
		l.Cluster.Progress(p)
	}
}
