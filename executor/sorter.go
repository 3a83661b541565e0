package executor

import "github.com/weft-data/weft/shuffle"

// Sorter gives an empty sorter that works within the task's memory and spills to the executor's
// disks. The caller closes it.
func (t *Task) Sorter() (*shuffle.Sorter, error) {
	return shuffle.NewSorter(shuffle.SorterConfig{Store: t.executor.store, Memory: t.Memory})
}
