package schedtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

func (v *env) succeed(c *command) (string, error)     { return v.ends(c, "succeed") }
func (v *env) fail(c *command) (string, error)        { return v.ends(c, "fail") }
func (v *env) killed(c *command) (string, error)      { return v.ends(c, "killed") }
func (v *env) denied(c *command) (string, error)      { return v.ends(c, "denied") }
func (v *env) fetchFailed(c *command) (string, error) { return v.ends(c, "fetch-failed") }

func (v *env) ends(c *command, how string) (string, error) {
	x, err := c.executor()
	if err != nil {
		return "", err
	}
	ends, err := v.parseEnds(x, c, how)
	if err != nil {
		return "", err
	}
	records, err := c.number("records", 0)
	if err != nil {
		return "", err
	}
	var read []scheduler.StageRecords
	for i := range ends {
		if records > 0 {
			read = append(read, scheduler.StageRecords{Stage: ends[i].Task.Stage, Records: int64(records)})
		}
	}
	return v.report(x, ends, read...)
}

// progress tells how many records running tasks have read.
func (v *env) progress(c *command) (string, error) {
	x, err := c.executor()
	if err != nil {
		return "", err
	}
	records, err := c.number("records", 0)
	if err != nil {
		return "", err
	}
	tasks, err := c.tasks()
	e := scheduler.TasksProgressed{Executor: x}
	for _, t := range tasks {
		if t.Attempt < 0 {
			t.Attempt = v.attempt(x, t)
		}
		e.Tasks = append(e.Tasks, scheduler.TaskProgress{Task: t, Records: int64(records)})
	}
	if err != nil {
		return "", err
	}
	return v.step(e)
}

// batch reports ends of several kinds at once.
func (v *env) batch(c *command) (string, error) {
	x, err := c.executor()
	if err != nil {
		return "", err
	}
	var ends []scheduler.TaskEnd
	for _, line := range c.lines {
		how, c, err := parseLine(line)
		if err != nil {
			return "", err
		}
		more, err := v.parseEnds(x, c, how)
		if err != nil {
			return "", err
		}
		ends = append(ends, more...)
	}
	return v.report(x, ends)
}

func (v *env) report(
	x scheduler.ExecutorID, ends []scheduler.TaskEnd, read ...scheduler.StageRecords,
) (string, error) {
	v.ended(x, ends)
	return v.step(scheduler.TasksEnded{Executor: x, Ends: ends, Read: read})
}

// parseEnds reads the tasks of one line and how they ended.
func (v *env) parseEnds(
	x scheduler.ExecutorID, c *command, how string,
) ([]scheduler.TaskEnd, error) {
	var end scheduler.TaskEnd
	if err := v.outcome(c, how, &end); err != nil {
		return nil, err
	}
	tasks, err := c.tasks()
	if err != nil {
		return nil, err
	}
	var ends []scheduler.TaskEnd
	for _, t := range tasks {
		if t.Attempt < 0 {
			t.Attempt = v.attempt(x, t)
		}
		end.Task = t
		ends = append(ends, end)
	}
	return ends, nil
}

func (v *env) outcome(c *command, how string, end *scheduler.TaskEnd) (err error) {
	switch how {
	case "succeed":
		end.Outcome = scheduler.Success
		if end.Sizes, err = sizes(c); err == nil {
			end.Duration, err = c.duration("time", 1e9)
		}
	case "killed":
		end.Outcome = scheduler.Killed
	case "denied":
		end.Outcome = scheduler.CommitDenied
	case "fail":
		end.Outcome = scheduler.Failed
		end.Failure = &scheduler.Failure{
			Record: -1, Message: c.text("message", "boom"), Final: c.flag("final"),
		}
	case "fetch-failed":
		end.Outcome = scheduler.FetchFailed
		end.Fetch, err = v.fetch(c)
	default:
		err = fmt.Errorf("%q is no way for a task to end", how)
	}
	return err
}

// sizes reads the bytes of a map output's partitions.
func sizes(c *command) (list []byte, err error) {
	bytes, err := numbers[int32](c, "sizes")
	for _, n := range bytes {
		list = append(list, byte(dag.MakeLogSize(int64(n))))
	}
	return list, err
}

// fetch reads which output could not be fetched; its attempt is the known one by default.
func (v *env) fetch(c *command) (*scheduler.FetchFailure, error) {
	shuffle, err := c.number("shuffle", 0)
	if err != nil {
		return nil, err
	}
	part, err := c.number("map", -1)
	if err != nil {
		return nil, err
	}
	f := &scheduler.FetchFailure{
		Shuffle: dag.ShuffleID(shuffle), Map: int32(part), Executor: scheduler.NoExecutor,
		OneBlock: c.flag("one-block"), Message: c.text("message", "connection refused"),
	}
	if from := c.text("from", ""); from != "" {
		if f.Executor, err = parseExecutor(from); err != nil {
			return nil, err
		}
	}
	if f.Others, err = numbers[int32](c, "others"); err != nil {
		return nil, err
	}
	attempt, err := c.number("attempt", v.knownAttempt(f))
	f.Attempt = int32(attempt)
	return f, err
}

func (v *env) knownAttempt(f *scheduler.FetchFailure) int {
	outputs, _, _ := v.machine.Outputs(f.Shuffle)
	if f.Map < 0 || int(f.Map) >= len(outputs) {
		return -1
	}
	return int(outputs[f.Map].Attempt)
}

// play lets everything that runs succeed until nothing does.
func (v *env) play(c *command) (string, error) {
	d, err := c.duration("time", 1e9)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		x, ok := v.busy()
		if !ok {
			return b.String(), nil
		}
		var ends []scheduler.TaskEnd
		for _, t := range v.running[x] {
			ends = append(ends, scheduler.TaskEnd{Task: t, Duration: d})
		}
		out, err := v.report(x, ends)
		if err != nil {
			return "", err
		}
		b.WriteString(withoutTasks(out))
	}
}

// busy is the lowest executor that has tasks.
func (v *env) busy() (scheduler.ExecutorID, bool) {
	for _, x := range slices.SortedFunc(maps.Keys(v.running), cmp.Compare[scheduler.ExecutorID]) {
		if len(v.running[x]) > 0 {
			return x, true
		}
	}
	return 0, false
}

func withoutTasks(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "launch ") && !strings.HasPrefix(line, "accept ") {
			b.WriteString(line)
		}
	}
	return b.String()
}
