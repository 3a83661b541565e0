package weft_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/weft-data/weft"
)

// devices watches which tasks use a device at the same time.
type devices struct {
	mu   sync.Mutex
	now  map[string]int
	most map[string]int
	meet chan struct{} // two tasks that run at once pass each other here
}

// watching is what the tasks of the test that runs now tell.
var watching devices

// onDevice gives its devices for each record, once another task has begun beside it.
var onDevice = weft.MapWith(func(t *weft.Task, _ int) (func(int) string, error) {
	mine := t.Addresses("gpu")
	return func(int) string {
		watching.use(mine, 1)
		defer watching.use(mine, -1)
		select {
		case watching.meet <- struct{}{}:
		case <-watching.meet:
		case <-t.Context().Done():
		}
		return strings.Join(mine, "+")
	}, nil
})

func (d *devices) use(list []string, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, address := range list {
		d.now[address] += n
		d.most[address] = max(d.most[address], d.now[address])
	}
}

// settings makes a file of defaults with a script that prints two devices.
func settings(t *testing.T, lines ...string) {
	dir := t.TempDir()
	script := filepath.Join(dir, "devices")
	text := "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"g0\", \"g1\"]}'\n"
	// A child that is forked while the file is open for writing would keep it "busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(script, []byte(text), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	lines = append(lines, "weft.executor.resource.gpu.discoveryScript "+script)
	file := filepath.Join(dir, "weft-defaults.conf")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WEFT_CONF_DIR", dir)
}

func TestTasksGetTheirDevices(t *testing.T) {
	for _, test := range []struct {
		each string
		want []string // what tasks say they had
		most int      // tasks at once on a device
	}{
		{"1", []string{"g0", "g1"}, 1},
		{"0.5", []string{"g0", "g1"}, 2},
	} {
		t.Run(test.each, func(t *testing.T) {
			settings(t, "weft.executor.resource.gpu.amount 2", "weft.task.resource.gpu.amount "+test.each)
			watching = devices{
				now: map[string]int{}, most: map[string]int{}, meet: make(chan struct{}),
			}
			var had []string
			err := weft.Local(t.Context(), 6, func(ctx context.Context, s *weft.Session) (err error) {
				numbers := weft.Parallelize(s, make([]int, 24), 24)
				had, err = onDevice.On(numbers, 0).Collect(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(had)
			if got := slices.Compact(had); !slices.Equal(got, test.want) {
				t.Errorf("tasks had %v, want %v", got, test.want)
			}
			for address, n := range watching.most {
				if n > test.most {
					t.Errorf("%d tasks were on %s at once, want %d", n, address, test.most)
				}
			}
		})
	}
}

// A stage for which a task takes both devices comes between: nobody else has any then.
func TestTasksOnlyProfileSharesTheDevices(t *testing.T) {
	settings(t, "weft.executor.resource.gpu.amount 2", "weft.task.resource.gpu.amount 0.5")
	watching = devices{
		now: map[string]int{}, most: map[string]int{}, meet: make(chan struct{}, 100),
	}
	err := weft.Local(t.Context(), 4, func(ctx context.Context, s *weft.Session) error {
		both := weft.NewProfile().TaskResource("gpu", 2)
		had, err := onDevice.On(weft.Parallelize(s, make([]int, 6), 6), 0).WithResources(both).Collect(ctx)
		if err == nil && slices.Compact(had)[0] != "g0+g1" {
			err = fmt.Errorf("tasks had %v", had)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if watching.most["g0"] != 1 || watching.most["g1"] != 1 {
		t.Errorf("tasks were on devices at once: %v", watching.most)
	}
}

func TestExecutorWithoutItsDevicesEndsTheApplication(t *testing.T) {
	settings(t, "weft.executor.resource.gpu.amount 3")
	err := weft.Local(t.Context(), 1, func(ctx context.Context, s *weft.Session) error {
		_, err := weft.Parallelize(s, []string{"warp"}, 1).Count(ctx)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "find 3 of gpu: devices not found: there are 2 (g0, g1)") {
		t.Fatal(err)
	}
}

// profiled runs a small driver locally and returns its error.
func profiled(t *testing.T, run func(ctx context.Context, words weft.Dataset[string]) error) error {
	return weft.Local(t.Context(), 4, func(ctx context.Context, s *weft.Session) error {
		return run(ctx, weft.Parallelize(s, []string{"warp", "weft", "warp"}, 2))
	})
}

func TestTwoProfilesInOneStageConflict(t *testing.T) {
	two, three := weft.NewProfile().TaskCPUs(2), weft.NewProfile().TaskCPUs(3)
	conflict := func(ctx context.Context, words weft.Dataset[string]) error {
		_, err := prefixed.On(words.WithResources(two), "a ").WithResources(three).Count(ctx)
		return err
	}
	err := profiled(t, conflict)
	for _, says := range []string{"multiple resource profiles are specified in the datasets of one stage",
		"parallelize at profile_test.go:", "map at profile_test.go:", "profileMergeConflicts"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Fatalf("%v, want it to say %q", err, says)
		}
	}
	t.Setenv("WEFT_SCHEDULER_RESOURCE_PROFILE_MERGE_CONFLICTS", "true")
	if err := profiled(t, conflict); err != nil {
		t.Fatal(err)
	}
}

func TestProfilesThatDoNotConflict(t *testing.T) {
	for name, run := range map[string]func(ctx context.Context, words weft.Dataset[string]) error{
		"equal contents": func(ctx context.Context, words weft.Dataset[string]) error {
			words.WithResources(weft.NewProfile().TaskCPUs(2))
			_, err := prefixed.On(words, "a ").WithResources(weft.NewProfile().TaskCPUs(2)).Count(ctx)
			return err
		},
		"the last call wins": func(ctx context.Context, words weft.Dataset[string]) error {
			words.WithResources(weft.NewProfile().TaskCPUs(3)).WithResources(weft.NewProfile().TaskCPUs(2))
			_, err := prefixed.On(words, "a ").WithResources(weft.NewProfile().TaskCPUs(2)).Count(ctx)
			return err
		},
		"a shuffle between them": func(ctx context.Context, words weft.Dataset[string]) error {
			words.WithResources(weft.NewProfile().TaskCPUs(3))
			n, err := words.Distinct().WithResources(weft.NewProfile().TaskCPUs(2)).Count(ctx)
			if err == nil && n != 2 {
				err = fmt.Errorf("%d words", n)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := profiled(t, run); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestBadProfilesFailAtWithResources(t *testing.T) {
	for _, test := range []struct {
		name string
		p    weft.Profile
		want string
	}{
		{"executors of its own", weft.NewProfile().Cores(2).Memory("2g"), "set weft.dynamicAllocation.enabled"},
		{"more cpus than cores", weft.NewProfile().TaskCPUs(5), "5 cpus of an executor with 4 cores"},
		{"a resource that executors lack", weft.NewProfile().TaskResource("gpu", 1), "executors have none"},
		{"a share", weft.NewProfile().TaskResource("gpu", 1.5), "an amount of 1.5"},
		{"a size", weft.NewProfile().Memory("much"), "much"},
		{"no cores", weft.NewProfile().Cores(0), "at least 1"},
		{"less than no devices", weft.NewProfile().Resource("gpu", -1), "at least 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := profiled(t, func(ctx context.Context, words weft.Dataset[string]) error {
				_, err := words.WithResources(test.p).Count(ctx)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), test.want) ||
				!strings.Contains(err.Error(), "WithResources at profile_test.go:") {
				t.Errorf("%s: %v, want %q", test.p, err, test.want)
			}
		})
	}
}

// A profile that asks for no more than the executors have may use them, if that is asked for.
func TestCoveredProfileNeedsNoExecutorsOfItsOwn(t *testing.T) {
	t.Setenv("WEFT_SCHEDULER_RESOURCE_COVER_PROFILES", "true")
	err := profiled(t, func(ctx context.Context, words weft.Dataset[string]) error {
		_, err := words.WithResources(weft.NewProfile().Cores(2).Memory("512m")).Count(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
