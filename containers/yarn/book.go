package yarn

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// priority of all asks of executors; the AM's own container has 0.
const priority = 1

// A wish is what is wanted of one profile and what the ResourceManager was told of it.
type wish struct {
	ask   containers.Ask
	size  rmclient.Resource // of one container
	held  int               // containers given and not completed
	asked int               // what the ResourceManager still has to give
	told  []rmclient.Ask    // rows it has
	dirty bool              // the rows must be said (again)
}

// open is how many containers are still to come.
func (w *wish) open() int { return max(w.ask.Count-w.held, 0) }

// book holds the wishes, one per profile.
type book struct {
	wishes  map[resource.ID]*wish
	ids     []resource.ID // sorted: rows go out in this order
	conf    *conf.Conf
	maximum rmclient.Resource
	types   []rmclient.ResourceType
}

func newBook(c *conf.Conf, r rmclient.Registered) *book {
	return &book{wishes: map[resource.ID]*wish{}, conf: c, maximum: r.Maximum, types: r.ResourceTypes}
}

// want replaces all wishes, or none when one of them cannot be served.
func (b *book) want(asks []containers.Ask) error {
	sizes := make([]rmclient.Resource, len(asks))
	for i, a := range asks {
		var err error
		if sizes[i], err = b.size(a.Resource); err != nil {
			return fmt.Errorf("ask for executors of %s: %w", a.Resource, err)
		}
	}
	named := map[resource.ID]bool{}
	for i, a := range asks {
		named[a.Profile] = true
		b.wish(a.Profile).change(a, sizes[i])
	}
	for id, w := range b.wishes {
		if !named[id] {
			w.change(containers.Ask{Profile: id}, w.size)
		}
	}
	return nil
}

// change takes a new ask over. Saying the same again costs nothing.
func (w *wish) change(a containers.Ask, size rmclient.Resource) {
	moved := !slices.Equal(w.ask.Hosts, a.Hosts) || !w.size.Equal(size)
	w.ask, w.size = a, size
	w.ask.Hosts = slices.Clone(a.Hosts)
	w.check()
	w.dirty = w.dirty || moved && w.open() > 0
}

// check marks the rows for saying again when the ResourceManager would give another number.
func (w *wish) check() { w.dirty = w.dirty || w.asked != w.open() }

// wish is that of a profile, a new one where there is none.
func (b *book) wish(id resource.ID) *wish {
	w := b.wishes[id]
	if w == nil {
		w = &wish{ask: containers.Ask{Profile: id}}
		b.wishes[id] = w
		at, _ := slices.BinarySearch(b.ids, id)
		b.ids = slices.Insert(b.ids, at, id)
	}
	return w
}

// size is the container of an executor. The ResourceManager fails a whole heartbeat for one that is
// too large and drops unknown resources without a word, so both are looked at here.
func (b *book) size(v resource.Vector) (rmclient.Resource, error) {
	r := size(v)
	if r.MemoryMB > b.maximum.MemoryMB || r.VCores > b.maximum.VCores {
		return r, fmt.Errorf("%w: a container of %s is more than the cluster's largest of %s; "+
			"lower weft.executor.memory or weft.executor.cores", ErrTooLarge, r, b.maximum)
	}
	for _, a := range v.Extra {
		named := func(t rmclient.ResourceType) bool { return t.Name == a.Name }
		if !slices.ContainsFunc(b.types, named) {
			return r, fmt.Errorf("%w: the cluster does not count %s", ErrTooLarge, a.Name)
		}
	}
	return r, nil
}

// open is how many containers are to come in all.
func (b *book) open() int {
	n := 0
	for _, w := range b.wishes {
		n += w.open()
	}
	return n
}

// dirty reports whether something is to be said.
func (b *book) dirty() bool {
	for _, w := range b.wishes {
		if w.dirty {
			return true
		}
	}
	return false
}

// rows are the asks that bring the ResourceManager up to date. Rows it has and that are wanted no
// more are said with a count of 0.
func (b *book) rows(places []place) []rmclient.Ask {
	var out []rmclient.Ask
	for _, id := range b.ids {
		w := b.wishes[id]
		if !w.dirty {
			continue
		}
		next := w.rows(places, conf.YarnExecutorNodeLabel.Get(b.conf))
		out = append(out, withdrawn(w.told, next)...)
		out = append(out, next...)
		w.told, w.asked, w.dirty = next, w.open(), false
	}
	return out
}

// rows is the whole wish: hosts, their racks, and anywhere with the full count.
func (w *wish) rows(places []place, label string) []rmclient.Ask {
	if w.open() == 0 {
		return nil
	}
	row := rmclient.Ask{Priority: priority, RequestID: int64(w.ask.Profile), Size: w.size}
	var out []rmclient.Ask
	var racks []share
	for _, s := range spread(places, w.size, label, w.open(), w.ask.Hosts) {
		row.Place, row.Count = s.host, int32(s.count)
		out = append(out, row)
		racks = addRack(racks, s)
	}
	for _, r := range racks {
		row.Place, row.Count = r.rack, int32(r.count)
		out = append(out, row)
	}
	row.Place, row.Count, row.NodeLabel = rmclient.Anywhere, int32(w.open()), label
	return append(out, row)
}

func addRack(racks []share, s share) []share {
	for i := range racks {
		if racks[i].rack == s.rack {
			racks[i].count += s.count
			return racks
		}
	}
	return append(racks, share{rack: s.rack, count: s.count})
}

// withdrawn are the old rows whose place is in no new one, with a count of 0.
func withdrawn(old, next []rmclient.Ask) []rmclient.Ask {
	var out []rmclient.Ask
	for _, o := range old {
		again := slices.ContainsFunc(next, func(n rmclient.Ask) bool { return n.Place == o.Place })
		if !again {
			o.Count = 0
			out = append(out, o)
		}
	}
	return out
}

// given counts a container that came and says whether it is still wanted.
func (b *book) given(id resource.ID) (wanted bool) {
	w := b.wish(id)
	w.asked--
	wanted = w.open() > 0
	if wanted {
		w.held++
	}
	w.check()
	return wanted
}

// gone counts a container that completed; another is asked for in its place.
func (b *book) gone(id resource.ID) {
	w := b.wish(id)
	w.held--
	w.check()
}

// unsure marks a profile of which containers came in answer to new rows: those may have been given
// out before the rows were read, and then the ResourceManager still has as many to give.
func (b *book) unsure(id resource.ID) { b.wish(id).dirty = true }
