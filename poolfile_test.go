package weft_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/weft-data/weft"
)

const goodPools = `<allocations>
  <pool name="prod"><schedulingMode>FAIR</schedulingMode><weight>2</weight><minShare>1</minShare></pool>
</allocations>`

// inFair runs a driver in mode FAIR, in a directory of its own.
func inFair(t *testing.T, run weft.Driver) error {
	t.Helper()
	t.Setenv("WEFT_SCHEDULER_MODE", "fair")
	return weft.Local(t.Context(), 4, run)
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJobsOfSeveralGoroutinesInPools covers S65, S72, S73, S86 and S89 through the API: jobs in
// pools of the file, in one that it does not name, and in none, all at once.
func TestJobsOfSeveralGoroutinesInPools(t *testing.T) {
	t.Setenv("WEFT_SCHEDULER_ALLOCATION_FILE", write(t, filepath.Join(t.TempDir(), "p.xml"), goodPools))
	err := inFair(t, func(ctx context.Context, s *weft.Session) error {
		var done atomic.Int32
		results := make(chan error)
		pools := []string{"prod", "prod", "adhoc", "", "default"}
		for _, pool := range pools {
			go func() {
				words := weft.Parallelize(s, []string{"a", "b", "c"}, 3)
				n, err := lines1.On(byLine.On(words)).Count(weft.WithPool(ctx, pool))
				if err == nil && n == 3 {
					done.Add(1)
				}
				results <- err
			}()
		}
		var all error
		for range pools {
			all = errors.Join(all, <-results)
		}
		if done.Load() != int32(len(pools)) {
			t.Errorf("%d jobs of %d were right", done.Load(), len(pools))
		}
		return all
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPoolFileIsLookedFor covers S86: the file is found in the working directory, then in weft's,
// and mode FIFO does not read it.
func TestPoolFileIsLookedFor(t *testing.T) {
	const bad = "<allocations>\n<pool></pool></allocations>"
	ran := func(ctx context.Context, s *weft.Session) error { return nil }
	dir := t.TempDir()
	t.Chdir(t.TempDir())
	t.Setenv("WEFT_CONF_DIR", dir)
	if err := inFair(t, ran); err != nil {
		t.Errorf("without a file: %v", err)
	}
	write(t, filepath.Join(dir, "fairscheduler.xml"), bad)
	if err := inFair(t, ran); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a bad file in weft's directory: %v", err)
	}
	write(t, "fairscheduler.xml", goodPools)
	if err := inFair(t, ran); err != nil {
		t.Errorf("a good file in the working directory is hidden: %v", err)
	}
	write(t, "fairscheduler.xml", bad)
	t.Setenv("WEFT_SCHEDULER_MODE", "FIFO")
	if err := weft.Local(t.Context(), 1, ran); err != nil {
		t.Errorf("FIFO reads the file: %v", err)
	}
}

// TestBadPoolFileStartsNothing covers S90: the application does not start, and the message is one
// line with the line and the element.
func TestBadPoolFileStartsNothing(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ path, want string }{
		"malformed": {write(t, filepath.Join(dir, "m.xml"), "<allocations>\n <pool name='a'>\n</allocations>"),
			"m.xml: line 3: "},
		"no name": {write(t, filepath.Join(dir, "n.xml"), "<allocations>\n <pool/>\n</allocations>"),
			"n.xml: line 2: <pool>: a pool has no name"},
		"missing":        {filepath.Join(dir, "none.xml"), "put it on HDFS"},
		"a folder":       {dir, dir},
		"no such scheme": {"s3://bucket/fair.xml", "weft reads file: and hdfs: and no s3:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("WEFT_SCHEDULER_ALLOCATION_FILE", c.path)
			err := inFair(t, func(context.Context, *weft.Session) error {
				t.Error("the driver was called")
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), c.want) ||
				strings.Contains(err.Error(), "\n") {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

// TestBadPoolFileIsExitCode2 runs a program as a user does, also with settings that do not go
// together.
func TestBadPoolFileIsExitCode2(t *testing.T) {
	if os.Getenv("TEST_MAIN") != "" {
		weft.Main(func(context.Context, *weft.Session) error { return nil })
	}
	file := "WEFT_SCHEDULER_ALLOCATION_FILE=" +
		write(t, filepath.Join(t.TempDir(), "p.xml"), "<allocations>\n<pool name=''/></allocations>")
	for _, c := range []struct {
		env  []string
		code int
		want string
	}{
		{[]string{file, "WEFT_SCHEDULER_MODE=FAIR"}, 2, "p.xml: line 2: <pool>: a pool has no name"},
		{[]string{file, "WEFT_SCHEDULER_MODE=fifo"}, 0, "has no effect"},
		{[]string{"WEFT_SCHEDULER_MODE=ROBIN"}, 2, `weft.scheduler.mode: "ROBIN": want FIFO or FAIR`},
		{[]string{"WEFT_EXCLUDE_ON_FAILURE_ENABLED=true", "WEFT_TASK_MAX_FAILURES=2"}, 2,
			"a host is excluded for a task after 2 failures"},
		{[]string{"WEFT_SCHEDULER_LOG=/no/such/folder/log"}, 2, "weft.scheduler.log"},
	} {
		code, text := runMain(t, c.env...)
		if code != c.code || !strings.Contains(text, c.want) || strings.Count(text, "\n") > 1 {
			t.Errorf("%v: exit code %d, want %d; it says %q", c.env, code, c.code, text)
		}
	}
}

// runMain runs this program as one that calls weft.Main, in one slot.
func runMain(t *testing.T, env ...string) (code int, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), self, "-test.run=TestBadPoolFileIsExitCode2")
	program.Env = append(append(os.Environ(), "TEST_MAIN=1", "WEFT_MASTER=local[1]"), env...)
	var text strings.Builder
	program.Stderr = &text
	_ = program.Run() // the exit code says it
	return program.ProcessState.ExitCode(), text.String()
}
