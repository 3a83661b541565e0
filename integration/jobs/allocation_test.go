package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/integration/testbed"
)

// tides is a run of program tides: its directory on this machine.
type tides struct {
	*user
	dir string
}

func newTides(u *user) tides {
	u.Helper()
	t := tides{u, u.TempDir()}
	for _, pipe := range []string{"gate-1", "gate-2", "next"} {
		testbed.MakePipe(u, filepath.Join(t.dir, pipe))
	}
	return t
}

// open lets everybody through a pipe, now and later.
func (t tides) open(pipe string) {
	t.Helper()
	testbed.OpenPipe(t, filepath.Join(t.dir, pipe))
}

// left waits until the program has left a file.
func (t tides) left(name string) {
	t.Helper()
	t.until(name, func() bool {
		_, err := os.Stat(filepath.Join(t.dir, name))
		return err == nil
	})
}

// allRun waits until all tasks of a job run at the same time.
func (t tides) allRun(job, tasks int) {
	t.Helper()
	for p := range tasks {
		t.left(fmt.Sprintf("%d-%d", job, p))
	}
}

// TestExecutorsComeAndGo covers S105, S107, S109, S115 and S119 on a real YARN: four tasks that wait for
// each other bring four executors, which go when they are idle; the next job brings four again.
func TestExecutorsComeAndGo(t *testing.T) {
	const tasks, idle = 4, 3 * time.Second
	for _, mode := range modes {
		for _, policy := range []string{"direct", "ramp"} {
			t.Run(mode+" "+policy, func(t *testing.T) {
				u, name := newTides(newUser(t)), unique(t)
				own := 0 // containers beside the executors'
				if mode == "cluster" {
					own = 1
				}
				has := func(n int) func(application) bool {
					return func(a application) bool { return a.Containers == own+n || a.ended() }
				}
				began := time.Now()
				r := u.start("weft", submission(name, mode, "--conf", "weft.dynamicAllocation.enabled=true",
					"--conf", "weft.dynamicAllocation.policy="+policy,
					"--conf", "weft.dynamicAllocation.executorIdleTimeout="+idle.String(),
					program("tides"), u.dir, strconv.Itoa(tasks))...)
				for job := 1; job <= 2; job++ {
					u.allRun(job, tasks)
					t.Logf("job %d: all tasks run after %s", job, time.Since(began).Round(time.Millisecond))
					if a := u.application(name, has(tasks)); a.Containers != own+tasks {
						t.Fatalf("job %d: %+v", job, a)
					}
					u.open(fmt.Sprintf("gate-%d", job))
					u.left(fmt.Sprintf("end-%d", job))
					if job == 2 {
						break
					}
					ended := time.Now()
					if a := u.application(name, has(0)); a.Containers != own {
						t.Fatalf("after job %d: %+v", job, a)
					}
					t.Logf("executors gone %s after the job, idle time %s",
						time.Since(ended).Round(time.Millisecond), idle)
					began = time.Now()
					u.open("next")
				}
				if code := r.code(); code != 0 {
					t.Fatalf("exit code %d\n%s", code, &r.stderr)
				}
				if strings.Contains(r.stderr.String(), "lost") {
					t.Errorf("something was lost:\n%s", &r.stderr)
				}
				u.noneLeft(name)
			})
		}
	}
}
