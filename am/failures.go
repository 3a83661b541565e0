package am

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
)

// failures are ends of executors that the application itself is to blame for. More than so many end
// it: each would be replaced by one that fails the same way (Spark ExecutorFailureTracker).
type failures struct {
	window time.Duration // older ones do not count; 0: all do
	list   []executorFailure
}

type executorFailure struct {
	at   time.Duration
	what string
}

// add counts a failure, and says how many there are and which of them came first.
func (f *failures) add(now time.Duration, what string) (count int, first string) {
	for len(f.list) > 0 && f.window > 0 && now-f.list[0].at >= f.window {
		f.list = f.list[1:]
	}
	f.list = append(f.list, executorFailure{now, what})
	return len(f.list), f.list[0].what
}

// countFailure ends the application when executors fail again and again.
func (l *loop) countFailure(e *executor, c containers.Completed) {
	what := fmt.Sprintf("executor %s on %s: %s", e.id, e.container.Host, c)
	count, first := l.failures.add(l.now(), what)
	if limit := l.failureLimit(); count > limit {
		l.fail(fmt.Errorf("%w (%d, %d are allowed by %s); the first was %s", ErrTooManyFailures,
			count, limit, conf.ExecutorMaxNumFailures.Name(), first))
	}
}

// failureLimit is how many executors may fail.
func (l *loop) failureLimit() int {
	if conf.ExecutorMaxNumFailures.IsSet(l.Conf) {
		return conf.ExecutorMaxNumFailures.Get(l.Conf)
	}
	return max(3, 2*l.most)
}
