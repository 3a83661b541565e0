package containerstest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/internal/identity"
)

// Play is an executor in a process of its own, from package process or a plugin, that behaves as it
// should and does no more. One that waits says "pid PID executor NUMBER IDENTITY" first. It returns
// the exit code.
func Play(b Behaviour) int {
	l, err := containers.FromEnv(os.Getenv)
	if err != nil {
		fmt.Println(err)
		return 2
	}
	ctx, id, err := process.Child(context.Background())
	if err != nil {
		fmt.Println(err)
		return 2
	}
	switch b {
	case Leave:
		return 0
	case Crash:
		fmt.Println(Cry)
		return 1
	}
	fmt.Println("pid", os.Getpid(), "executor", l.Executor, id)
	<-ctx.Done()
	return 0
}

// LaunchOne starts one executor, number 7 with one slot, on a cluster whose first event will be its
// container. It returns what the executor proves itself with.
func LaunchOne(
	t *testing.T, c containers.Cluster, events <-chan containers.Event,
) *identity.Identity {
	t.Helper()
	if err := c.Want(t.Context(), []containers.Ask{{Count: 1}}); err != nil {
		t.Fatal(err)
	}
	given := (<-events).(containers.Allocated).Containers[0].ID
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	err = c.Launch(t.Context(), given, containers.Launch{Executor: 7, Slots: 1, Identity: id})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
