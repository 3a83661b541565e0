package inprocess_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/containers/inprocess"
	"github.com/weft-data/weft/resource"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClusterKeepsTheContract(t *testing.T) {
	containerstest.Run(t, containerstest.System{
		Resource: resource.Make(256, 1),
		New: func(t *testing.T, b containerstest.Behaviour) containers.Cluster {
			return inprocess.New(inprocess.Options{
				Dirs: []string{t.TempDir()},
				Run: func(ctx context.Context, _ containers.Launch) error {
					switch b {
					case containerstest.Leave:
						return nil
					case containerstest.Crash:
						return errors.New(containerstest.Cry)
					}
					<-ctx.Done()
					return ctx.Err()
				},
			})
		},
	})
}

func TestExecutorsGetDirectoriesThatFinishRemoves(t *testing.T) {
	parents := []string{t.TempDir(), t.TempDir()}
	dirs := make(chan []string, 1)
	c := inprocess.New(inprocess.Options{
		Dirs: parents,
		Run: func(_ context.Context, l containers.Launch) error {
			dirs <- l.Dirs
			return nil
		},
	})
	events := make(chan containers.Event, 10)
	if err := c.Start(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	if err := c.Want(t.Context(), []containers.Ask{{Count: 1}}); err != nil {
		t.Fatal(err)
	}
	id := (<-events).(containers.Allocated).Containers[0].ID
	if err := c.Launch(t.Context(), id, containers.Launch{}); err != nil {
		t.Fatal(err)
	}
	got := <-dirs
	if err := c.Finish(t.Context(), containers.Final{}); err != nil {
		t.Fatal(err)
	}
	for i, parent := range parents {
		if len(got) != len(parents) || !below(parent, got[i]) {
			t.Errorf("directories %q for parents %q", got, parents)
		}
		if left := list(t, parent); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}
