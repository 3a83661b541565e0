package am

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/scheduler/pool"
)

// pools remembers of which pools people were told that the allocation file lacks them.
type pools struct{ missed []string }

// mostMissed bounds that memory: a program may make a pool for each of its users.
const mostMissed = 100

// openPools tells the machine what the allocation file says. In mode FIFO there is none.
func (l *loop) openPools() error {
	if l.Pools == nil {
		return nil
	}
	if err := l.tell(*l.Pools); err != nil {
		return fmt.Errorf("%w: %w", ErrSettings, err)
	}
	return nil
}

// check warns, once for each, of a pool that is not in the file: a mistyped name would otherwise
// only show as an unfair share.
func (p *pools) check(l *loop, name string) {
	if name == "" || name == pool.DefaultName || slices.Contains(p.missed, name) ||
		len(p.missed) == mostMissed {
		return
	}
	if l.Pools != nil && slices.ContainsFunc(l.Pools.Pools, named(name)) {
		return
	}
	p.missed = append(p.missed, name)
	if mode := conf.SchedulerMode.Get(l.Conf); mode != pool.Fair.String() {
		l.Log.Warn("a job names a pool, but there are none", "pool", name, "weft.scheduler.mode", mode)
		return
	}
	l.Log.Warn("no allocation file has settings for a pool; it has the defaults",
		"pool", pool.Default(name).String())
}

func named(name string) func(pool.Spec) bool {
	return func(s pool.Spec) bool { return s.Name == name }
}
