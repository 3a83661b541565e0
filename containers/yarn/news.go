package yarn

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// allocated takes new containers. Those nobody wants any more go back unseen.
func (l *loop) allocated(all []rmclient.Container) {
	var given []containers.Container
	for _, c := range all {
		line, _ := lineOf(c.RequestID)
		if !l.book.Given(line, c.Node.Host) {
			l.releases = append(l.releases, c.ID)
			continue
		}
		h := &held{Container: c, line: line, given: l.describe(c, line.Profile)}
		l.held[h.given.ID] = h
		given = append(given, h.given)
	}
	if len(given) > 0 {
		l.tell(containers.Allocated{Containers: given})
	}
}

// describe is the container as the application sees it. Its resource is what was asked for: the
// default scheduler counts no cores and gives one, whatever was asked for.
func (l *loop) describe(c rmclient.Container, profile resource.ID) containers.Container {
	return containers.Container{
		ID: containers.ID(c.ID.String()), Host: c.Node.Host, Rack: l.book.Rack(c.Node.Host),
		Resource: l.sizes[profile], Profile: profile,
	}
}

// completed tells of the end of a container, unless it was never told of.
func (l *loop) completed(s rmclient.ContainerStatus) {
	id := containers.ID(s.ID.String())
	if h := l.held[id]; h != nil {
		e := completed(s, h.released)
		if e.Reason == containers.ReasonMemory {
			e.Diagnostics = fmt.Sprintf("container of %d MB: %s", h.Size.MemoryMB, e.Diagnostics)
		}
		l.ended(h, e)
	}
}

// ended tells of the end of a container, and takes in what it means for those to come.
func (l *loop) ended(h *held, e containers.Completed) {
	now := time.Now()
	l.forget(h)
	l.tell(e)
	l.ail(h, e, now)
	l.endNowhere()
	l.setBack(h, e, now)
}

// forget takes a container off the books.
func (l *loop) forget(h *held) {
	if h.released {
		l.releasing--
	}
	delete(l.held, h.given.ID)
	delete(l.menaced, h.given.ID)
	l.book.Gone(h.line, h.Node.Host)
	l.changed = time.Now()
}

// nodesChanged notes the states of nodes, and tells when their containers are lost or will be.
func (l *loop) nodesChanged(all []rmclient.NodeReport) {
	if len(all) == 0 {
		return
	}
	l.book.Nodes(nodesOf(all))
	for _, n := range all {
		switch n.State {
		case rmclient.NodeLost, rmclient.NodeUnhealthy, rmclient.NodeDecommissioned,
			rmclient.NodeRebooted, rmclient.NodeShutdown:
			l.tell(containers.NodeLost{Host: n.ID.Host})
		case rmclient.NodeDecommissioning:
			l.tell(containers.Decommissioning{Host: n.ID.Host, Left: n.Decommissions})
		}
	}
	l.endNowhere()
}

// preempted passes on which containers the ResourceManager wants back. The CapacityScheduler says
// so once, the FairScheduler with every answer until it kills.
func (l *loop) preempted(p rmclient.Preemption) {
	strict := l.menace(p.Strict)
	offered := l.menace(p.Negotiable)
	if len(strict)+len(offered) == 0 {
		return
	}
	e := containers.Preempt{Deadline: conf.YarnPreemptionGrace.Get(l.config.Conf)}
	for _, h := range strict {
		e.Taken = append(e.Taken, h.given.ID)
	}
	for _, h := range offered {
		e.Named = append(e.Named, h.given.ID)
	}
	l.tell(e)
}

// menace are the containers of ours among ids that were not told of before.
func (l *loop) menace(ids []rmclient.ContainerID) []*held {
	var out []*held
	for _, rmID := range ids {
		id := containers.ID(rmID.String())
		if h := l.held[id]; h != nil && !l.menaced[id] {
			l.menaced[id] = true
			out = append(out, h)
		}
	}
	return out
}

// limited tells of the headroom when it is another.
func (l *loop) limited(r rmclient.Resource) {
	if r.Equal(l.headroom) {
		return
	}
	l.headroom = r
	l.tell(containers.Headroom{Resource: vector(r)})
}
