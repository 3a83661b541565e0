package schedtest

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// status prints what the machine tells of itself.
func (v *env) status(*command) (string, error) {
	st := v.machine.Status()
	var b strings.Builder
	for _, j := range st.Jobs {
		fmt.Fprintf(&b, "job %d: stages %v, skipped %d\n", j.ID, j.Stages, j.Skipped)
	}
	for _, p := range st.Pools {
		fmt.Fprintf(&b, "pool %s: %d running, stages with tasks to launch: %d",
			p.Spec, p.Running, p.Stages)
		if p.Warning != "" {
			fmt.Fprintf(&b, " (%s)", p.Warning)
		}
		b.WriteByte('\n')
	}
	for _, s := range st.Stages {
		fmt.Fprintf(&b, "stage %d.%d %s%s: pending %d, running %d, done %d", s.ID, s.Attempt, s.State,
			ofProfile(s.Profile), s.Pending, s.Running, s.Done)
		if s.Copies > 0 {
			fmt.Fprintf(&b, ", copies %d", s.Copies)
		}
		if s.Credit > 0 {
			fmt.Fprintf(&b, ", credit %d", s.Credit)
		}
		if s.Why != "" {
			fmt.Fprintf(&b, " (%s)", s.Why)
		}
		b.WriteByte('\n')
	}
	for _, e := range st.Executors {
		fmt.Fprintf(&b, "%s on %s%s: %d of %d slots", e.ID, e.Host, ofProfile(e.Profile), e.Running,
			e.Slots)
		if e.Excluded > 0 {
			fmt.Fprintf(&b, ", excluded until %s", e.Excluded)
		}
		if e.Leaving {
			b.WriteString(", leaving")
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

func ofProfile(id resource.ID) string {
	if id == resource.Default {
		return ""
	}
	return fmt.Sprintf(", profile %d", id)
}

// outputs prints where a shuffle's map outputs are.
func (v *env) outputs(c *command) (string, error) {
	n, err := c.number("shuffle", 0)
	if err != nil {
		return "", err
	}
	outputs, epoch, ok := v.machine.Outputs(dag.ShuffleID(n))
	if !ok {
		return "unknown shuffle\n", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "epoch %d\n", epoch)
	for i, o := range outputs {
		if o.Missing() {
			fmt.Fprintf(&b, "%d: missing\n", i)
			continue
		}
		fmt.Fprintf(&b, "%d: %s attempt %d\n", i, o.Executor, o.Attempt)
	}
	return b.String(), nil
}

// why prints the story of one task.
func (v *env) why(c *command) (string, error) {
	tasks, err := c.tasks()
	if err != nil || len(tasks) != 1 {
		return "", fmt.Errorf("why wants one task such as 3.7")
	}
	return v.machine.Why(tasks[0].Stage, tasks[0].Partition) + "\n", nil
}
