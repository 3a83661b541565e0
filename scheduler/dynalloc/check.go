package dynalloc

import "fmt"

// Check looks for states that must never be. It walks everything, so it is for tests.
func (a *Allocator) Check() error {
	counts := map[*profile]int{}
	for x := range a.executors {
		e := &a.executors[x]
		if e.state != absent && e.state != leaving {
			counts[a.profile(e.profile)]++
		}
		if err := a.checkExecutor(Executor(x), e); err != nil {
			return fmt.Errorf("%s: %w", Executor(x), err)
		}
	}
	for _, p := range a.profiles {
		switch {
		case p.count != counts[p]:
			return fmt.Errorf("profile %d: %d executors, counted %d", p.id, counts[p], p.count)
		case p.target < a.settings.Min || p.target > a.settings.Max:
			return fmt.Errorf("profile %d: target %d is not in %d to %d", p.id, p.target,
				a.settings.Min, a.settings.Max)
		case p.spare < 0 || p.spare > p.target-a.settings.Min:
			return fmt.Errorf("profile %d: %d of %d are spare", p.id, p.spare, p.target)
		case p.step < 1:
			return fmt.Errorf("profile %d: step %d", p.id, p.step)
		}
	}
	return nil
}

func (a *Allocator) checkExecutor(x Executor, e *executor) error {
	entries, queued := 0, 0
	for _, t := range a.timers {
		if t.executor == x {
			entries++
		}
	}
	for _, p := range a.profiles {
		queued += count(p.expired, x)
	}
	held := count(a.kept, x)
	switch {
	case entries > 1 || e.timed != (entries == 1):
		return fmt.Errorf("%d timers, timed %v", entries, e.timed)
	case e.state == idle && !e.timed:
		return fmt.Errorf("idle, and nobody will look")
	case queued > 1 || e.queued != (queued == 1):
		return fmt.Errorf("%d times among the expired, queued %v", queued, e.queued)
	case held > 1 || e.listed != (held == 1):
		return fmt.Errorf("%d times among the kept, listed %v", held, e.listed)
	case e.state == expired && !e.queued:
		return fmt.Errorf("expired, and nobody will look")
	case e.state == kept && !e.listed && count(a.changed, x) == 0:
		return fmt.Errorf("kept, and nobody will look")
	}
	return nil
}

func count(list []Executor, x Executor) (n int) {
	for _, y := range list {
		if y == x {
			n++
		}
	}
	return n
}
