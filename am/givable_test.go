package am_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/weft-data/weft/resource"
)

// TestProfileTheClusterCannotGive: it is refused, and nothing is broken by it.
func TestProfileTheClusterCannotGive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, onDemand(t))
		defer y.stop()
		y.most = 4096
		large := resource.Profile{Executor: resource.Executor{Memory: 4096}} // and overhead
		_, err := y.driver.AddProfile(t.Context(), large)
		if !errors.Is(err, errTooLarge) || !strings.Contains(err.Error(), "memory=4096m") {
			t.Errorf("of too much memory: %v", err)
		}
		onlyTasks := resource.Profile{Task: resource.MakeTask(1)}
		for _, p := range []resource.Profile{onlyTasks, {Executor: resource.Executor{Memory: 1024}}} {
			if _, err := y.driver.AddProfile(t.Context(), p); err != nil {
				t.Errorf("%s: %v", p.Key(), err)
			}
		}
	})
}
