package executor

import (
	"os"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/shuffle"
)

// introduction is the first message of the stream.
func (e *Executor) introduction() *control.FromExecutor {
	r := &control.Register{
		Executor: int32(e.ID),
		Host:     e.Host,
		Slots:    int32(e.Slots),
		Manifest: e.Program.Manifest(),
		Pid:      int64(os.Getpid()),
		Build:    e.Build,
	}
	if e.blocks != nil {
		r.Blocks, r.Service = e.blocks.addr, e.Service.Addr
	}
	return &control.FromExecutor{Message: &control.FromExecutor_Register{Register: r}}
}

// configure takes the driver's configuration and divides the memory by it.
func (e *Executor) configure(r *control.Registered) error {
	e.conf = new(conf.Conf)
	if len(r.Conf) > 0 {
		if err := e.conf.UnmarshalBinary(r.Conf); err != nil {
			return err
		}
	}
	e.driver = driver(max(r.Driver, 1) - 1)
	e.outputs.driver = e.driver
	e.services.configure(e.conf)
	if err := e.openFiles(); err != nil {
		return err
	}
	total := int64(conf.ExecutorMemory.Get(e.conf))
	if r.Data > 0 {
		total = r.Data << 20
	}
	if e.OwnProcess {
		total = limitRuntime(total, e.Memory, e.Cores)
	}
	budget := part(total, conf.ShuffleSpillMemoryFraction.Get(e.conf))
	e.memory, e.share = shuffle.NewBudget(budget), budget/int64(e.Slots)
	e.groups.memory = min(groupMemory, budget/groupShare)
	var err error
	e.cache, err = newCache(cacheOptions{
		executor: e.ID,
		dirs:     e.Dirs,
		limit:    part(total, conf.StorageMemoryFraction.Get(e.conf)),
		changed:  e.report.blocks,
		log:      e.Log,
	})
	return err
}

func part(total int64, fraction float64) int64 { return int64(float64(total) * fraction) }
