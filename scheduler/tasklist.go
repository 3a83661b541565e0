package scheduler

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/dag"
)

// taskList writes tasks shortly: "3.7, 3.8 attempt 1".
func taskList(tasks []dag.Task) string {
	var b strings.Builder
	for i, t := range tasks {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d.%d", t.Stage, t.Partition)
		if t.Attempt > 0 {
			fmt.Fprintf(&b, " attempt %d", t.Attempt)
		}
	}
	return b.String()
}
