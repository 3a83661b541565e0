package yarn

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// allocated takes new containers. Those nobody wants any more go back unseen.
func (l *loop) allocated(all []rmclient.Container) {
	var given []containers.Container
	for _, c := range all {
		profile := resource.ID(c.RequestID)
		if l.asked(c.RequestID) {
			l.book.unsure(profile)
		}
		if !l.book.given(profile) {
			l.releases = append(l.releases, c.ID)
			continue
		}
		h := &held{Container: c, given: l.describe(c, profile)}
		l.held[h.given.ID] = h
		l.places.took(c, 1)
		given = append(given, h.given)
	}
	if len(given) > 0 {
		l.tell(containers.Allocated{Containers: given})
	}
}

// asked reports whether the last heartbeat said rows of the profile.
func (l *loop) asked(request int64) bool {
	return slices.ContainsFunc(l.said, func(a rmclient.Ask) bool { return a.RequestID == request })
}

// describe is the container as the application sees it. Its resource is what was asked for: the
// default scheduler counts no cores and gives one, whatever was asked for.
func (l *loop) describe(c rmclient.Container, profile resource.ID) containers.Container {
	return containers.Container{
		ID: containers.ID(c.ID.String()), Host: c.Node.Host, Rack: l.places[c.Node.Host].rack,
		Resource: l.book.wish(profile).ask.Resource, Profile: profile,
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
		l.forget(h)
		l.tell(e)
		l.setBack(h, e, time.Now())
	}
}

// forget takes a container off the books.
func (l *loop) forget(h *held) {
	if h.released {
		l.releasing--
	}
	delete(l.held, h.given.ID)
	l.places.took(h.Container, -1)
	delete(l.menaced, h.given.ID)
	l.book.gone(h.given.Profile)
	l.changed = time.Now()
}

// nodeChanged notes the state of a node, and tells when its containers are lost.
func (l *loop) nodeChanged(n rmclient.NodeReport) {
	l.places.update(n)
	switch n.State {
	case rmclient.NodeLost, rmclient.NodeUnhealthy, rmclient.NodeDecommissioned,
		rmclient.NodeRebooted, rmclient.NodeShutdown:
		l.tell(containers.NodeLost{Host: n.ID.Host})
	}
}

// preempted passes on which containers the ResourceManager wants back. The CapacityScheduler says
// so once, the FairScheduler with every answer until it kills.
func (l *loop) preempted(p rmclient.Preemption) {
	strict := l.menace(p.Strict)
	offered := l.menace(p.Negotiable)
	if len(strict)+len(offered) == 0 {
		return
	}
	e := containers.Preempt{Count: len(offered)}
	for _, h := range strict {
		e.Containers = append(e.Containers, h.given.ID)
	}
	for _, h := range offered {
		e.Resource.Memory += h.given.Resource.Memory
		e.Resource.Cores += h.given.Resource.Cores
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
	var extra []resource.Amount
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		extra = append(extra, resource.Amount{Name: name, Count: r.Extra[name]})
	}
	l.tell(containers.Headroom{Resource: resource.Make(
		resource.Megabytes(r.MemoryMB), int(r.VCores), extra...)})
}
