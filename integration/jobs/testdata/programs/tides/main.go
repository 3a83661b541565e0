// Command tides runs two jobs with a pause between them.
//
//	tides DIR TASKS
//
// DIR is local and holds the named pipes gate-1, gate-2 and next. Each task of job J leaves a file DIR/J-PARTITION and
// waits until gate-J has a writer. After a job the driver leaves DIR/end-J; it begins job 2 when next has a writer.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/integration/jobs/testdata/programs/held"
)

var wait = weft.MapWith(func(t *weft.Task, gate string) (func(int64) int64, error) {
	return func(job int64) int64 {
		name := filepath.Join(filepath.Dir(gate), fmt.Sprintf("%d-%d", job, t.Partition()))
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			panic(err)
		}
		if err := held.Pass(gate); err != nil {
			panic(err)
		}
		return job
	}, nil
})

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 2 {
		return weft.Usage("tides DIR TASKS")
	}
	dir := s.Args()[0]
	tasks, err := strconv.Atoi(s.Args()[1])
	if err != nil {
		return weft.Usage("tides DIR TASKS; TASKS is %q", s.Args()[1])
	}
	for job := int64(1); job <= 2; job++ {
		jobs := make([]int64, tasks)
		for i := range jobs {
			jobs[i] = job
		}
		gate := filepath.Join(dir, fmt.Sprintf("gate-%d", job))
		if _, err := wait.On(weft.Parallelize(s, jobs, tasks), gate).Count(ctx); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("end-%d", job)), nil, 0o666); err != nil {
			return err
		}
		if job == 1 {
			if err := held.Pass(filepath.Join(dir, "next")); err != nil {
				return err
			}
		}
	}
	return nil
}
