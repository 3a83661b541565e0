package yarn

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
)

// ban is what the ResourceManager is to be told of hosts to keep away from.
type ban struct{ add, remove []string }

func (b ban) any() bool { return len(b.add)+len(b.remove) > 0 }

// say has the last word on a host: the ResourceManager takes additions before removals.
func (b *ban) say(host string, on bool) {
	same := func(other string) bool { return other == host }
	b.add, b.remove = slices.DeleteFunc(b.add, same), slices.DeleteFunc(b.remove, same)
	if on {
		b.add = append(b.add, host)
	} else {
		b.remove = append(b.remove, host)
	}
}

func healthOf(c *conf.Conf) ask.Health {
	if !conf.YarnLaunchExclude.Get(c) {
		return ask.Health{}
	}
	return ask.Health{Limit: conf.ExcludeAppPerNode.Get(c), Timeout: conf.ExcludeTimeout.Get(c)}
}

// exclude keeps executors away from a host, or no longer if nothing else speaks against it.
func (l *loop) exclude(host string, on bool) {
	if !on && l.excluded(host) {
		return
	}
	l.book.Exclude(host, on)
	l.ban.say(host, on)
}

// excluded says whether there is a reason to keep executors away from a host.
func (l *loop) excluded(host string) bool {
	return l.lacking[host] != "" || l.health.Excluded(host) || slices.Contains(l.avoided, host) ||
		slices.Contains(conf.YarnExcludeNodes.Get(l.config.Conf), host)
}

// avoid keeps executors away from hosts where tasks failed, and from others no longer.
func (l *loop) avoid(hosts []string) {
	before := l.avoided
	l.avoided = slices.Clone(hosts)
	for _, host := range hosts {
		if !slices.Contains(before, host) {
			l.exclude(host, true)
		}
	}
	for _, host := range before {
		if !slices.Contains(hosts, host) {
			l.exclude(host, false)
		}
	}
	l.endNowhere()
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
	l.down = fmt.Errorf("no node is left for executors: all are excluded; %s",
		strings.Join(l.reasons(), "; "))
	l.tell(containers.Down{Err: l.down})
}

// reasons lists why hosts get no executors, with the hosts.
func (l *loop) reasons() (why []string) {
	named := conf.YarnExcludeNodes
	for _, by := range []struct{ cause, hosts string }{
		{"by failed starts", l.health.String()},
		{"by failed tasks", strings.Join(l.avoided, ", ")},
		{"by " + named.Name(), strings.Join(named.Get(l.config.Conf), ", ")},
		{"for want of the shuffle service", l.lacks()},
	} {
		if by.hosts != "" {
			why = append(why, by.cause+": "+by.hosts)
		}
	}
	return why
}
