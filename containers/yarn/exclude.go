package yarn

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
)

// ban is what the ResourceManager is to be told of hosts to keep away from.
type ban struct{ add, remove []string }

func (b ban) any() bool { return len(b.add)+len(b.remove) > 0 }

func healthOf(c *conf.Conf) ask.Health {
	if !conf.YarnLaunchExclude.Get(c) {
		return ask.Health{}
	}
	return ask.Health{Limit: conf.ExcludeAppPerNode.Get(c), Timeout: conf.ExcludeTimeout.Get(c)}
}

// exclude keeps executors away from a host, or no longer.
func (l *loop) exclude(host string, on bool) {
	l.book.Exclude(host, on)
	if on {
		l.ban.add = append(l.ban.add, host)
	} else {
		l.ban.remove = append(l.ban.remove, host)
	}
}

// ail counts an executor that could not be started against its host.
func (l *loop) ail(h *held, e containers.Completed, now time.Time) {
	switch e.Reason {
	case containers.ReasonStartFailed, containers.ReasonDisks:
	case containers.ReasonNoService:
		l.lack(h.Node.Host, e.Diagnostics)
		return
	default:
		return
	}
	if l.health.Failed(now, h.Node.Host, e.Diagnostics) {
		l.config.Log.Warn("no executors on this host for a while: they cannot be started there",
			"host", h.Node.Host, "for", l.health.Timeout, "last", e.Diagnostics)
		l.exclude(h.Node.Host, true)
	}
}

// readmit tries hosts again whose time is over.
func (l *loop) readmit(now time.Time) {
	for _, host := range l.health.Recovered(now) {
		l.exclude(host, false)
	}
}

// endNowhere ends the application when it has no executor and every node is excluded: it would wait
// for containers that cannot come.
func (l *loop) endNowhere() {
	if l.down != nil || len(l.held) > 0 || l.book.Open() == 0 || !l.book.Nowhere() {
		return
	}
	named := conf.YarnExcludeNodes
	l.down = fmt.Errorf("no node is left for executors: all are excluded; by failed starts: %s; by "+
		"%s: %v; for want of the shuffle service: %s", l.health.String(), named.Name(),
		named.Get(l.config.Conf), l.lacks())
	l.tell(containers.Down{Err: l.down})
}
