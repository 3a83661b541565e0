package rmclient

import (
	"cmp"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/placement"
)

// askKey is what the ResourceManager tells rows of asks apart by.
type askKey struct {
	Priority  int32
	RequestID int64
	Execution ExecutionType
	Place     string
}

func keyOf(a Ask) askKey {
	if a.Execution == 0 {
		a.Execution = Guaranteed
	}
	return askKey{a.Priority, a.RequestID, a.Execution, a.Place}
}

// compare orders rows as they are sent.
func (k askKey) compare(o askKey) int {
	return cmp.Or(cmp.Compare(k.Priority, o.Priority), cmp.Compare(k.RequestID, o.RequestID),
		cmp.Compare(k.Execution, o.Execution), cmp.Compare(k.Place, o.Place))
}

// askBook keeps all that an AM wants, so that a restarted ResourceManager can be told again, and
// which part of it was not sent yet. A Master owns it.
type askBook struct {
	rows      map[askKey]Ask // what the ResourceManager should have; never a Count of 0
	releases  map[ContainerID]bool
	blacklist map[string]bool
	updates   map[ContainerID]ContainerUpdate

	constraints map[string]placement.Constraint // of the registration, by tag

	changed changes // to be sent
}

// changes is the difference between two requests.
type changes struct {
	rows         map[askKey]Ask // may have a Count of 0
	releases     map[ContainerID]bool
	updates      map[ContainerID]ContainerUpdate
	blacklist    map[string]bool // true: add, false: remove
	trackingURL  string
	oldRows      map[askKey]Ask // what rows had before, to take a refused request back
	oldBlacklist map[string]bool
}

func newAskBook() *askBook {
	return &askBook{rows: map[askKey]Ask{}, releases: map[ContainerID]bool{},
		blacklist: map[string]bool{}, updates: map[ContainerID]ContainerUpdate{},
		changed: newChanges()}
}

func newChanges() changes {
	return changes{rows: map[askKey]Ask{}, releases: map[ContainerID]bool{},
		updates: map[ContainerID]ContainerUpdate{}, blacklist: map[string]bool{},
		oldRows: map[askKey]Ask{}, oldBlacklist: map[string]bool{}}
}

// record takes a caller's request in.
func (b *askBook) record(r AllocateRequest) {
	for _, a := range r.Asks {
		b.ask(a)
	}
	for _, id := range r.Release {
		b.releases[id], b.changed.releases[id] = true, true
	}
	for _, u := range r.Updates {
		b.updates[u.ID], b.changed.updates[u.ID] = u, u
	}
	for _, host := range r.BlacklistRemove {
		b.setBlacklist(host, false)
	}
	for _, host := range r.BlacklistAdd {
		b.setBlacklist(host, true)
	}
	b.changed.trackingURL = cmp.Or(r.TrackingURL, b.changed.trackingURL)
}

func (b *askBook) ask(a Ask) {
	key := keyOf(a)
	if _, again := b.changed.rows[key]; !again {
		b.changed.oldRows[key] = b.rows[key]
	}
	b.changed.rows[key] = a
	b.setRow(key, a)
}

func (b *askBook) setRow(key askKey, a Ask) {
	if a.Count > 0 {
		b.rows[key] = a
	} else {
		delete(b.rows, key)
	}
}

func (b *askBook) setBlacklist(host string, on bool) {
	if _, again := b.changed.blacklist[host]; !again {
		b.changed.oldBlacklist[host] = b.blacklist[host]
	}
	b.changed.blacklist[host] = on
	b.blacklist[host] = on
}

// take empties what is to be sent into a request.
func (b *askBook) take() (*hadooppb.AllocateRequestProto, changes) {
	c := b.changed
	b.changed = newChanges()
	p := &hadooppb.AllocateRequestProto{TrackingUrl: text(c.trackingURL)}
	for _, key := range slices.SortedFunc(maps.Keys(c.rows), askKey.compare) {
		if a := c.rows[key]; a.Tag != "" {
			p.SchedulingRequests = append(p.SchedulingRequests, toSchedulingRequest(a, b.constraints[a.Tag]))
		} else {
			p.Ask = append(p.Ask, toAsk(a))
		}
	}
	p.Release = toContainerIDs(slices.SortedFunc(maps.Keys(c.releases), ContainerID.compare))
	for _, id := range slices.SortedFunc(maps.Keys(c.updates), ContainerID.compare) {
		p.UpdateRequests = append(p.UpdateRequests, toUpdate(c.updates[id]))
	}
	p.BlacklistRequest = toBlacklist(c.blacklist)
	return p, c
}

func toBlacklist(hosts map[string]bool) *hadooppb.ResourceBlacklistRequestProto {
	if len(hosts) == 0 {
		return nil
	}
	p := &hadooppb.ResourceBlacklistRequestProto{}
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		if hosts[host] {
			p.BlacklistAdditions = append(p.BlacklistAdditions, host)
		} else {
			p.BlacklistRemovals = append(p.BlacklistRemovals, host)
		}
	}
	return p
}

// refuse takes back what a refused request had changed: the ResourceManager did none of it.
func (b *askBook) refuse(c changes) {
	for key, old := range c.oldRows {
		b.setRow(key, old)
	}
	for id := range c.releases {
		delete(b.releases, id)
	}
	for id := range c.updates {
		delete(b.updates, id)
	}
	for host, old := range c.oldBlacklist {
		b.blacklist[host] = old
	}
}

// answered counts off what the response settles.
func (b *askBook) answered(r AllocateResponse) {
	for _, c := range r.Allocated {
		b.allocated(c)
	}
	for _, rejected := range r.Rejected {
		b.countOff(keyOf(rejected.Ask), rejected.Ask.Count)
	}
	for _, s := range r.Completed {
		delete(b.releases, s.ID)
		delete(b.updates, s.ID)
	}
	for _, c := range r.Updated {
		delete(b.updates, c.ID)
	}
	for _, e := range r.UpdateErrors {
		delete(b.updates, e.Update.ID)
	}
}

// allocated takes a container off the rows it may have served.
func (b *askBook) allocated(c Container) {
	for _, place := range []string{c.Node.Host, Anywhere} {
		key := askKey{c.Priority, c.RequestID, c.Execution, place}
		if _, asked := b.rows[key]; !asked {
			key.Execution = Guaranteed + Opportunistic - key.Execution // fell back to the other
		}
		b.countOff(key, 1)
	}
}

// countOff takes containers off a row that will not come for it any more.
func (b *askBook) countOff(key askKey, n int32) {
	if a, asked := b.rows[key]; asked {
		a.Count -= n
		b.setRow(key, a)
	}
}

// resync makes everything to be sent again, to a ResourceManager that remembers nothing. The racks
// of containers are not known here, so host and rack rows are bounded by their Anywhere row, which
// is what the ResourceManager counts by.
func (b *askBook) resync() {
	tracking := b.changed.trackingURL
	b.changed = newChanges()
	b.changed.trackingURL = tracking
	for key, a := range b.rows {
		key.Place = Anywhere
		if total := b.rows[key].Count; a.Count > total {
			a.Count = total
		}
		if a.Count > 0 {
			b.changed.rows[keyOf(a)] = a
		}
	}
	maps.Copy(b.changed.releases, b.releases)
	maps.Copy(b.changed.updates, b.updates)
	for host, on := range b.blacklist {
		if on {
			b.changed.blacklist[host] = true
		}
	}
}

func (c ContainerID) compare(o ContainerID) int {
	a, b := c.Attempt, o.Attempt
	return cmp.Or(cmp.Compare(a.Application.ClusterTimestamp, b.Application.ClusterTimestamp),
		cmp.Compare(a.Application.ID, b.Application.ID), cmp.Compare(a.Attempt, b.Attempt),
		cmp.Compare(c.ID, o.ID))
}

// heartbeat completes a request with what every one carries.
func heartbeat(p *hadooppb.AllocateRequestProto, responseID int32, progress float32) {
	p.ResponseId, p.Progress = proto.Int32(responseID), proto.Float32(progress)
}
