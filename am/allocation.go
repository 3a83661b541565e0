package am

import (
	"context"
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// allocation is what the settings say of executors on demand. The most that options allow is an
// upper limit, too.
func allocation(o *Options, slots int) scheduler.Allocation {
	c := o.Conf
	policy, _ := dynalloc.ParsePolicy(conf.DynamicAllocationPolicy.Get(c)) // no other words
	a := scheduler.Allocation{
		Slots: slots, KeepOutputs: conf.DynamicAllocationTracking.Get(c),
		Settings: dynalloc.Settings{
			Enabled:     o.dynamic(),
			Policy:      policy,
			Min:         conf.DynamicAllocationMin.Get(c),
			Max:         conf.DynamicAllocationMax.Get(c),
			Initial:     conf.InitialExecutors(c),
			Ratio:       conf.DynamicAllocationRatio.Get(c),
			SpareCopies: conf.SpeculationOpportunistic.Get(c),
			Backlog:     max(conf.DynamicAllocationBacklog.Get(c), 1),
			Sustained:   orUnset(c, conf.DynamicAllocationSustained),
			Idle:        orUnset(c, conf.DynamicAllocationIdle),
			CachedIdle:  orUnset(c, conf.DynamicAllocationCachedIdle),
			OutputsIdle: orUnset(c, conf.DynamicAllocationTrackingTimeout),
		},
	}
	if most := o.Executors; most > 0 {
		a.Max = min(orNone(a.Max, most), most)
		a.Initial, a.Min = min(a.Initial, a.Max), min(a.Min, a.Max)
	}
	return a
}

// orUnset is a time, or zero, which stands for the default of the policy, while it is not set.
func orUnset(c *conf.Conf, key conf.Key[time.Duration]) time.Duration {
	if !key.IsSet(c) {
		return 0
	}
	return max(key.Get(c), 1)
}

func orNone(n, none int) int {
	if n == 0 {
		return none
	}
	return n
}

// checkAllocation refuses what cannot be kept.
func (o *Options) checkAllocation() error {
	if !o.dynamic() {
		return nil
	}
	return conf.CheckAllocation(o.Conf)
}

// dynamic says whether executors come and go.
func (o *Options) dynamic() bool { return !o.Fixed && conf.DynamicAllocation.Get(o.Conf) }

// begin is how many executors are asked for at first, and size what counts as the application's
// whole size.
func (o *Options) begin(a *scheduler.Allocation) (begin, size int) {
	if o.dynamic() {
		return a.Initial, orNone(a.Max, max(a.Initial, conf.ExecutorInstances.Get(o.Conf)))
	}
	n := orNone(o.Executors, conf.ExecutorInstances.Get(o.Conf))
	return n, n
}

// wantExecutors tells the cluster how many there should be.
func (l *loop) wantExecutors(a scheduler.WantExecutors) {
	asks, n := make([]containers.Ask, len(a.Wants)), 0
	for i, w := range a.Wants {
		asks[i], n = l.ask(w), n+w.Count
	}
	l.Log.Debug("executors wanted", "count", n, "before", l.target)
	l.target, l.most = n, max(l.most, n)
	l.changed = true
	l.call(func(d *Driver) event {
		if err := d.Cluster.Want(d.life, asks); err != nil && d.life.Err() == nil {
			return broken{fmt.Errorf("ask for executors: %w", err)}
		}
		return nil
	})
}

// ask is a wish in the cluster's words.
func (d *Driver) ask(w scheduler.Want) containers.Ask {
	a := containers.Ask{
		Profile: w.Profile, Resource: d.profiles.Shape(w.Profile).Executor,
		Count: w.Count - w.Spare, Spare: w.Spare,
	}
	for _, h := range w.Hosts {
		a.Hosts = append(a.Hosts, containers.HostCount{Host: h.Host, Count: h.Count})
	}
	return a
}

// want asks for the executors that the application begins with.
func (d *Driver) want(ctx context.Context) error {
	return d.Cluster.Want(ctx, []containers.Ask{
		d.ask(scheduler.Want{Profile: resource.Default, Count: d.initial}),
	})
}

// releaseExecutors gives idle executors back. They are out of the books at once: whatever their
// containers say from now on is no news.
func (l *loop) releaseExecutors(a scheduler.ReleaseExecutors) {
	for _, id := range a.Executors {
		if e := l.executor(id); e != nil {
			l.Log.Info("giving back an idle executor", "executor", e.id, "container", e.container.ID,
				"host", e.container.Host)
			l.remove(e, "it was idle and given back", false)
			l.release(e)
		}
	}
}

// hostsExcluded has executors come elsewhere than where tasks failed.
func (l *loop) hostsExcluded(a scheduler.HostsExcluded) {
	if len(a.Hosts) > 0 {
		l.Log.Warn("hosts get no tasks for a while, because tasks failed there", "hosts", a.Hosts)
	}
	l.call(func(d *Driver) event {
		if err := containers.Avoid(d.life, d.Cluster, a.Hosts); err != nil && d.life.Err() == nil {
			d.Log.Warn("keep executors away from hosts", "hosts", a.Hosts, "error", err)
		}
		return nil
	})
}
