package am_test

import (
	"testing"
	"testing/synctest"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// TestReducersRunWhereTheirInputIs covers S24 through the driver: executors are asked for the sizes
// of map outputs, and a reduce task waits for the host that holds its input.
func TestReducersRunWhereTheirInputIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t))
		defer y.stop()
		first, _ := y.enter()
		second, _ := y.enter()
		j := mapReduce(y.driver, 0, 2, 2, step{Do: "write"}, step{Do: "sum", Param: "0"})
		ended := make(chan error, 1)
		go func() { ended <- y.driver.Run(t.Context(), j) }()
		// Each holds the input of the reduce task that would go to the other by turns.
		first.mapped(0, 1)
		second.mapped(1, 0)
		for reduce, h := range []*hand{second, first} {
			task := h.task()
			if task.Stage != 1 || int(task.Partition) != reduce {
				t.Errorf("%v went to the host of the other", task)
			}
			h.succeed(task, "sum")
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// mapped takes a map task of a shuffle of two partitions and reports an output of which all but a
// byte is in one of them.
func (h *hand) mapped(partition int32, heavy int) {
	h.t.Helper()
	template := h.next().GetTemplate()
	if !template.GetSizes() {
		h.t.Errorf("the executor is not asked for sizes: %v", template)
	}
	task := h.task()
	if task.Partition != partition {
		h.t.Fatalf("%v, want partition %d", task, partition)
	}
	sizes := []byte{1, 1}
	sizes[heavy] = byte(dag.MakeLogSize(1 << 20))
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
		Stages: []*control.StageEnds{{
			Stage: int32(task.Stage), Partitions: []int32{partition}, Attempts: []int32{task.Attempt},
			Micros: []uint32{1e6}, Bytes: []int64{1 << 20}, Sizes: sizes,
		}},
	}}})
}
