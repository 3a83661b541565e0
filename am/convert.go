package am

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

var errRagged = errors.New("it sent a batch that does not hold together")

// taskEnds gives the machine its view of a batch.
func taskEnds(m *control.TasksEnded) ([]scheduler.TaskEnd, error) {
	n := 0
	for _, g := range m.Stages {
		n += len(g.Partitions)
	}
	ends := make([]scheduler.TaskEnd, 0, n)
	for _, g := range m.Stages {
		if len(g.Attempts) != len(g.Partitions) || len(g.Micros) != len(g.Partitions) {
			return nil, errRagged
		}
		if len(g.Partitions) > 0 && len(g.Sizes)%len(g.Partitions) != 0 {
			return nil, errRagged
		}
		first, reduces := len(ends), len(g.Sizes)/max(len(g.Partitions), 1)
		for i, p := range g.Partitions {
			ends = append(ends, scheduler.TaskEnd{
				Task:     dag.Task{Stage: dag.StageID(g.Stage), Partition: p, Attempt: g.Attempts[i]},
				Duration: time.Duration(g.Micros[i]) * time.Microsecond,
				Sizes:    g.Sizes[i*reduces : (i+1)*reduces],
			})
		}
		if err := explain(ends[first:], g.Details); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// explain fills in how the tasks ended that did not succeed.
func explain(ends []scheduler.TaskEnd, details []*control.Detail) error {
	before := int32(-1)
	for _, d := range details {
		if d.Index <= before || int(d.Index) >= len(ends) {
			return errRagged
		}
		before = d.Index
		if d.Failure != nil {
			failed(&ends[d.Index], d.Failure)
		}
	}
	return nil
}

// failed gives a failure its outcome.
func failed(end *scheduler.TaskEnd, f *control.Failure) {
	switch f.Kind {
	case control.Failure_KILLED:
		end.Outcome = scheduler.Killed
	case control.Failure_COMMIT_DENIED:
		end.Outcome = scheduler.CommitDenied
	case control.Failure_FETCH:
		end.Outcome, end.Fetch = scheduler.FetchFailed, fetchFailure(f)
	default:
		end.Outcome = scheduler.Failed
		end.Failure = &scheduler.Failure{
			Operator: f.Operator, Record: f.Record, Message: f.Message, Stack: f.Stack, Final: f.Final,
		}
	}
}

func fetchFailure(f *control.Failure) *scheduler.FetchFailure {
	if f.Fetch == nil {
		return nil
	}
	return &scheduler.FetchFailure{
		Shuffle: dag.ShuffleID(f.Fetch.Shuffle), Map: f.Fetch.Map, Attempt: f.Fetch.Attempt,
		Executor: scheduler.ExecutorID(f.Fetch.Executor), OneBlock: f.Fetch.OneBlock, Message: f.Message,
		Others: f.Fetch.Others,
	}
}

// text makes a foreign text fit for the scheduler's log, which is UTF-8.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func fetchFailed(ends []scheduler.TaskEnd) bool {
	for i := range ends {
		if ends[i].Outcome == scheduler.FetchFailed {
			return true
		}
	}
	return false
}

// manifestError shows in what two programs differ, at most some lines of it.
func manifestError(e *executor, driver, other string) error {
	const most = 5
	var b strings.Builder
	ours, theirs := lines(driver), lines(other)
	shown := difference(&b, "only in the driver: ", ours, theirs, most)
	shown += difference(&b, "only in the executor: ", theirs, ours, most)
	return fmt.Errorf("executor %s on %s runs another program than the driver (%d differences); "+
		"build and submit one binary%s", e.id, e.container.Host, shown, b.String())
}

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

// difference writes the lines of a that b lacks and counts them.
func difference(out *strings.Builder, label string, a, b []string, most int) (n int) {
	have := make(map[string]bool, len(b))
	for _, line := range b {
		have[line] = true
	}
	for _, line := range a {
		if have[line] {
			continue
		}
		if n++; n <= most {
			out.WriteString("; " + label + line)
		}
	}
	return n
}
