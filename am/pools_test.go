package am_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// fairYard is a yard in mode FAIR with pools.
func fairYard(t *testing.T, log *bytes.Buffer, pools *scheduler.PoolsChanged) *yard {
	o := am.Options{Pools: pools, Log: hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Warn})}
	return yardOf(t, settings(t, "weft.scheduler.mode", "fair"), o)
}

// begin runs a job of some tasks in a pool beside the test.
func (y *yard) begin(stage, tasks int, pool string) <-chan error {
	ended := make(chan error, 1)
	j := single(y.driver, stage, tasks, step{Do: "empty"})
	j.Pool = pool
	go func() { ended <- y.driver.Run(y.t.Context(), j) }()
	synctest.Wait()
	return ended
}

// TestPoolsShareSlots covers S70, S72, S73, S82 and S86 through the driver: of two jobs that run at
// once, the one in the heavier pool gets the slot that becomes free, though it came later.
func TestPoolsShareSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		y := fairYard(t, &log, &scheduler.PoolsChanged{Pools: []pool.Spec{
			{Name: "heavy", Weight: 1000}, {Name: "light", Weight: 1},
		}})
		defer y.stop()
		h, _ := y.enter()
		light := y.begin(0, 3, "light")
		h.next() // its template
		first := h.task()
		heavy := y.begin(1, 2, "heavy")
		h.succeed(first, "")
		var order []int
		for range 4 {
			task := h.task()
			order = append(order, int(task.Stage))
			h.succeed(task, "")
		}
		for _, ended := range []<-chan error{light, heavy} {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if want := []int{1, 1, 0, 0}; !slices.Equal(order, want) {
			t.Errorf("stages ran in the order %v, want %v", order, want)
		}
		if log.Len() > 0 {
			t.Errorf("log: %s", &log)
		}
	})
}

func TestPoolThatNoFileNamesIsWarnedOfOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		y := fairYard(t, &log, &scheduler.PoolsChanged{Pools: []pool.Spec{{Name: "known", Weight: 1}}})
		defer y.stop()
		h, _ := y.enter()
		for i, name := range []string{"mistyped", "known", "", "default", "mistyped"} {
			ended := y.begin(i, 1, name)
			h.succeed(h.task(), "")
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if n := strings.Count(log.String(), "\n"); n != 1 ||
			!strings.Contains(log.String(), "mistyped FIFO weight 1 min 0") {
			t.Errorf("log: %s", &log)
		}
	})
}

func TestPoolsThatCannotBeAreRefused(t *testing.T) {
	_, err := am.Start(context.Background(), am.Options{
		Conf: new(conf.Conf), Pools: &scheduler.PoolsChanged{Pools: []pool.Spec{{Name: "a"}}},
		Cluster: &yard{t: t}, Local: control.NewLocal(),
	})
	if err == nil || !strings.Contains(err.Error(), `pool "a": weight 0`) {
		t.Errorf("%v", err)
	}
}
