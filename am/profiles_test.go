package am_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/resource"
)

// devicesOf is a task that tells which devices it has.
func devicesOf(_ context.Context, t *executor.Task, _ string) (executor.Result, error) {
	return executor.Result{Value: []byte(strings.Join(t.Devices["gpu"], "+"))}, nil
}

// gpus are settings with executors on demand and a script that finds two devices.
func gpus(t *testing.T) am.Options {
	script := filepath.Join(t.TempDir(), "devices")
	text := "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"g0\", \"g1\"]}'\n"
	// A child that is forked while the file is open for writing would keep it "busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(script, []byte(text), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return am.Options{Log: logger(), Conf: onDemand(t,
		"weft.dynamicAllocation.schedulerBacklogTimeout", "10ms",
		"weft.executor.resource.gpu.discoveryScript", script)}
}

// withGPU asks for executors with two devices, of which a task takes one.
var withGPU = resource.Profile{
	Executor: resource.Executor{
		Cores: 4, Memory: 64, Extra: []resource.Amount{{Name: "gpu", Count: 2}},
	},
	Task: resource.MakeTask(1, resource.Share{Name: "gpu", Parts: resource.Whole}),
}

// A stage that needs devices gets executors that have them, while the one before it runs on others.
func TestStageGetsExecutorsOfItsProfile(t *testing.T) {
	both(t, func(t *testing.T, grpc bool) {
		b := localOf(t, gpus(t), grpc)
		id, err := b.AddProfile(t.Context(), withGPU)
		if err != nil {
			t.Fatal(err)
		}
		j := mapReduce(b.Driver, 0, 4, 4, step{Do: "write"}, step{Do: "devices"})
		j.Stages[1].Profile = id
		b.must(j)
		for p, value := range b.results {
			if got := string(value); got != "g0" && got != "g1" {
				t.Errorf("the task of partition %d had %q", p, got)
			}
		}
		kinds := map[resource.ID]int{}
		for _, e := range b.Status().Executors {
			kinds[e.Profile] = e.Slots
		}
		if kinds[id] != 2 || kinds[resource.Default] != 1 {
			t.Errorf("executors have these slots, by profile: %v", kinds)
		}
	})
}

func TestProfilesOfEqualContentsAreOne(t *testing.T) {
	b := localOf(t, gpus(t), false)
	var ids []resource.ID
	for _, p := range []resource.Profile{withGPU, {Executor: resource.Executor{Memory: 128}}, withGPU} {
		id, err := b.AddProfile(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	merged, err := b.MergeProfiles(t.Context(), ids[0], ids[1])
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.MergeProfiles(t.Context(), ids[1], ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := []resource.ID{1, 2, 1}; !slices.Equal(ids, want) || merged != 3 || again != 3 {
		t.Errorf("profiles %v, merged %d and %d", ids, merged, again)
	}
}
