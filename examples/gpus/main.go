// Command gpus shows which GPU each of its tasks has, and what the GPU's driver says of it.
//
//	gpus TASKS
//
// How many GPUs an executor has, how it finds them and which share of one a task takes are
// settings: weft.executor.resource.gpu.amount and .discoveryScript, weft.task.resource.gpu.amount.
package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

// look asks about the task's GPUs once, and names them for each record.
var look = weft.MapWith(func(t *weft.Task, _ int) (func(int) string, error) {
	var all []string
	for _, address := range t.Addresses("gpu") {
		said, err := exec.CommandContext(t.Context(), "nvidia-smi", "-i", address,
			"--query-gpu=name,memory.total", "--format=csv,noheader").CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("ask nvidia-smi about GPU %s: %w: %s", address, err, said)
		}
		all = append(all, address+": "+strings.TrimSpace(string(said)))
	}
	gpus := strings.Join(all, " and ")
	return func(record int) string { return fmt.Sprintf("record %d on GPU %s", record, gpus) }, nil
})

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	args := s.Args()
	if len(args) != 1 {
		return weft.Usage("gpus TASKS")
	}
	tasks, err := strconv.Atoi(args[0])
	if err != nil || tasks < 1 {
		return weft.Usage("gpus TASKS; TASKS is %q, want 1 or more", args[0])
	}
	records := make([]int, tasks)
	for i := range records {
		records[i] = i
	}
	lines, err := look.On(weft.Parallelize(s, records, tasks), 0).Collect(ctx)
	for _, line := range lines {
		fmt.Println(line)
	}
	return err
}
