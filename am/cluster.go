package am

import (
	"errors"
	"fmt"
	"net"

	"github.com/weft-data/weft/containers"
)

// clusterEvent takes the cluster's news.
func (l *loop) clusterEvent(e containers.Event) {
	switch e := e.(type) {
	case containers.Allocated:
		l.allocated(e.Containers)
	case containers.Completed:
		l.completed(e)
	case containers.NodeLost:
		l.nodeLost(e.Host)
	case containers.Down:
		if !l.stopping {
			l.fail(fmt.Errorf("%w: %w", ErrStopped, e.Err))
		}
	case containers.Preempt:
		l.preempt(e)
	case containers.Decommissioning:
		l.decommissioning(e)
	case containers.Headroom:
	}
}

// nodeLost gives up the executors and outputs of a host; the cluster may take long to count them.
func (l *loop) nodeLost(host string) {
	l.giveUpHost(host, "its node is lost")
	for _, e := range l.executors {
		if e != nil && e.container.Host == host {
			l.lost(e, "its node is lost", false)
			l.release(e)
		}
	}
}

// call queues a call of the cluster. Calls are made in order by one goroutine, since they may
// wait for a network, and answer with an event.
func (l *loop) call(f func(d *Driver) event) { l.calls.put(f) }

// callCluster makes the queued calls until the mailbox is closed.
func (d *Driver) callCluster() {
	for range d.calls.wake {
		calls, closed := d.calls.take()
		for _, f := range calls {
			if e := f(d); e != nil {
				d.post(e)
			}
		}
		if closed {
			return
		}
	}
}

// startExecutor starts an executor in its container.
func (d *Driver) startExecutor(e *executor) event {
	err := d.Cluster.Launch(d.life, e.container.ID, containers.Launch{
		Executor: int32(e.id), Driver: d.addr, Host: e.container.Host, Slots: e.slots,
		Resource: e.container.Resource, Identity: d.Identity,
	})
	if err == nil {
		return nil
	}
	return launchFailed{e, err}
}

// launchFailed is a container in which no executor could be started.
type launchFailed struct {
	executor *executor
	err      error
}

func (f launchFailed) happen(l *loop) {
	if l.executors[f.executor.id] != f.executor || l.stopping {
		return // it completed in between
	}
	if !errors.Is(f.err, containers.ErrUnknown) {
		l.countFailure(f.executor, containers.Completed{
			ID: f.executor.container.ID, Reason: containers.ReasonStartFailed, Diagnostics: f.err.Error(),
		})
	}
	l.lost(f.executor, f.err.Error(), false)
	l.release(f.executor)
}

// giveBack gives a container back.
func (d *Driver) giveBack(id containers.ID) event {
	if err := d.Cluster.Release(d.life, []containers.ID{id}); err != nil {
		d.Log.Warn("release a container", "container", id, "error", err)
	}
	return nil
}

// hostOf is the host part of host:port.
func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}
